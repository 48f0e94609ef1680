// The decision tree of one action instance or predicate.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "children.hpp"
#include "fingerprint.hpp"
#include "memory.hpp"

namespace modelcheck {

enum class Kind : uint8_t { kRead, kReadNext, kChoose, kEach, kWhole, kWholeNext };
enum class Outcome : uint8_t { kDisabled, kEffect, kTrue, kFalse, kCut };
enum class Role : uint8_t { kInit, kAction, kConstraint, kInvariant, kStep, kReachable, kTerminal, kLiveness };

// Marks stand for sets of cells and collections, each for one of 64 bits: two sets whose marks have none in common are disjoint.
using Marks = uint64_t;
inline Marks mark_of_cell(uint32_t cell) noexcept { return Marks{1} << (cell * 0x9e3779b1u >> 26); }
inline Marks mark_of_collection(uint32_t collection) noexcept { return Marks{1} << (~collection * 0x85ebca6bu >> 26); }

// One write of a leaf. Without a table the cell gets `value`; with one, what the table gives for the id now there.
struct Write {
  uint64_t gain;          // mix(cell, value); 0 with a table.
  const IdTable* update;  // Null for a plain write.
  uint32_t cell;
  uint32_t value;

  bool operator==(const Write& other) const noexcept { return update == other.update && cell == other.cell && value == other.value; }
};

// The effect of one run. The writes whose old id the run has read come last: what they add to the fingerprint is known once and for all.
struct Leaf {
  uint64_t delta;  // Sum of the changes of the fingerprint by the writes from `open` on.
  Marks touched;   // The cells that it writes and their collections.
  uint32_t tree;   // The tree that it belongs to.
  uint32_t open;   // Writes whose old id must be looked up; they come first.
  uint32_t count;  // All writes. A write known to change nothing is not among them.
  uint32_t label;  // What whoever added it calls it, or which path of the space it ends, in the order of their addition.

  Write* writes() noexcept { return reinterpret_cast<Write*>(this + 1); }
  const Write* begin() const noexcept { return reinterpret_cast<const Write*>(this + 1); }
  const Write* end() const noexcept { return begin() + count; }
};

static_assert(sizeof(Leaf) % alignof(Write) == 0, "the writes follow the leaf");

struct Node {
  ChildTable children;        // READ: by id or projected id. CHOOSE: by option. EACH: by the element's place in its collection. WHOLE: by content key.
  const IdTable* projection;  // Null where the id itself is the key. WHOLE: the filter, by the places of elements; null where all count.
  uint32_t where;             // The cell or the collection; 0 for CHOOSE.
  uint32_t detail;            // The projection plus one, or the number of options.
  Kind kind;
};

inline bool is_node(Word word) noexcept { return (word & kTagMask) >= kNodeTag; }
inline Node* node_of(Word word) noexcept { return reinterpret_cast<Node*>(word & ~kTagMask); }
inline bool is_cut(Word word) noexcept { return (word & kTagMask) == kCutTag; }
inline const Leaf* leaf_of(Word word) noexcept { return reinterpret_cast<const Leaf*>(word & ~kTagMask); }

// One read or choice of a run, as the space has checked it.
struct Event {
  const IdTable* projection;
  uint64_t key;  // Of the child taken.
  uint32_t where;
  uint32_t detail;
  Kind kind;
  bool taken;  // False at the end of a run that found a collection empty or had no option.
};

// Where a path and the tree part.
struct Mismatch {
  int64_t position = -1;  // Index of the event; -1 when there is no mismatch.
  int kind = -1;          // Of the node that the tree has there; -1 for a leaf.
  uint32_t where = 0;
  uint32_t detail = 0;
};

// Nodes and leaves are only ever added, below a slot that was empty, and a new branch is complete before its topmost word is stored. One thread writes.
class Tree {
 public:
  Tree(Role role, uint32_t index, uint64_t reader) noexcept : role_(role), index_(index), reader_(reader) {}

  Role role() const noexcept { return role_; }
  uint32_t index() const noexcept { return index_; }
  uint64_t reader() const noexcept { return reader_; }
  Word root() const noexcept { return root_.load(std::memory_order_acquire); }
  bool disabled() const noexcept { return disabled_.load(std::memory_order_relaxed); }
  void disable() noexcept { disabled_.store(true, std::memory_order_relaxed); }

  // `touched` and `label` are what a new leaf gets; unless it is `named`, one that is there may have another.
  Mismatch add(const std::vector<Event>& events, Outcome outcome, const std::vector<Write>& writes, Marks touched, uint32_t label, bool named, Arena& arena) {
    Node* parent = nullptr;
    Word word = root();
    size_t i = 0;
    for (; i < events.size() && word != kMissing; ++i) {
      if (!is_node(word)) return {static_cast<int64_t>(i), -1, 0, 0};
      parent = node_of(word);
      if (!names(*parent, events[i])) return mismatch(i, *parent);
      if (!events[i].taken) return {};
      word = parent->children.find(events[i].key);
    }
    if (word != kMissing) return compare(word, events, outcome, writes, label, named);
    word = branch(events, i, outcome, writes, touched, label, arena);
    if (i == 0) {
      root_.store(word, std::memory_order_release);
    } else {
      parent->children.put(events[i - 1].key, word, arena);
    }
    return {};
  }

 private:
  static bool names(const Node& node, const Event& event) noexcept {
    return node.kind == event.kind && node.where == event.where && node.detail == event.detail;
  }

  static Mismatch mismatch(size_t position, const Node& node) noexcept {
    return {static_cast<int64_t>(position), static_cast<int>(node.kind), node.where, node.detail};
  }

  // The path ends where the tree already has something: fine only if it is the same leaf.
  Mismatch compare(Word word, const std::vector<Event>& events, Outcome outcome, const std::vector<Write>& writes, uint32_t label, bool named) const {
    const size_t end = events.size();
    if (is_node(word)) return mismatch(end, *node_of(word));
    bool same = outcome == Outcome::kCut ? is_cut(word) : word == plain_leaf(outcome);
    if (outcome == Outcome::kEffect && (word & kTagMask) == kLeafTag) same = same_writes(*leaf_of(word), resolved(events, writes));
    const Word tag = word & kTagMask;
    if (named && (tag == kLeafTag || tag == kCutTag)) same = same && leaf_of(word)->label == label;
    if (same) return {};
    return {static_cast<int64_t>(end), -1, 0, 0};
  }

  static bool same_writes(const Leaf& leaf, const std::vector<Write>& writes) noexcept {
    if (leaf.count != writes.size()) return false;
    for (size_t i = 0; i < writes.size(); ++i) {
      if (!(leaf.begin()[i] == writes[i])) return false;
    }
    return true;
  }

  static Word plain_leaf(Outcome outcome) noexcept {
    switch (outcome) {
      case Outcome::kDisabled: return kDisabled;
      case Outcome::kTrue: return kTrue;
      case Outcome::kFalse: return kFalse;
      case Outcome::kEffect:
      case Outcome::kCut: break;
    }
    return kMissing;
  }

  // The nodes of events from `i` on and the leaf, linked from the bottom up.
  Word branch(const std::vector<Event>& events, size_t i, Outcome outcome, const std::vector<Write>& writes, Marks touched, uint32_t label, Arena& arena) const {
    Word word = plain_leaf(outcome);
    if (word == kMissing) word = new_leaf(events, writes, touched, label, arena) + (outcome == Outcome::kCut ? kCutTag : kLeafTag);
    for (size_t j = events.size(); j-- > i;) {
      const Event& event = events[j];
      auto* node = new (arena.allocate(sizeof(Node))) Node{{}, event.projection, event.where, event.detail, event.kind};
      if (event.taken) node->children.put(event.key, word, arena);
      const bool plain = event.kind == Kind::kRead && event.projection == nullptr;
      word = reinterpret_cast<Word>(node) + (plain ? kReadTag : kNodeTag);
    }
    return word;
  }

  Word new_leaf(const std::vector<Event>& events, const std::vector<Write>& writes, Marks touched, uint32_t label, Arena& arena) const {
    const std::vector<Write> ordered = resolved(events, writes);
    auto* leaf = static_cast<Leaf*>(arena.allocate(sizeof(Leaf) + ordered.size() * sizeof(Write)));
    *leaf = {0, touched, index_, 0, static_cast<uint32_t>(ordered.size()), label};
    for (size_t i = 0; i < ordered.size(); ++i) {
      leaf->writes()[i] = ordered[i];
      const Event* read = known(events, ordered[i]);
      if (read == nullptr) {
        ++leaf->open;
      } else {
        leaf->delta += ordered[i].gain - mix(ordered[i].cell, static_cast<uint32_t>(read->key));
      }
    }
    return reinterpret_cast<Word>(leaf);
  }

  // The read that tells the id which a plain write replaces; null when the run did not look.
  static const Event* known(const std::vector<Event>& events, const Write& write) noexcept {
    if (write.update != nullptr) return nullptr;
    for (const Event& event : events) {
      if (event.kind == Kind::kRead && event.projection == nullptr && event.where == write.cell) return &event;
    }
    return nullptr;
  }

  // The writes in the order of a leaf, without those that leave an id as it was read.
  static std::vector<Write> resolved(const std::vector<Event>& events, const std::vector<Write>& writes) {
    std::vector<Write> ordered;
    for (const Write& write : writes) {
      if (known(events, write) == nullptr) ordered.push_back(write);
    }
    for (const Write& write : writes) {
      const Event* read = known(events, write);
      if (read != nullptr && read->key != write.value) ordered.push_back(write);
    }
    return ordered;
  }

  std::atomic<Word> root_{kMissing};
  std::atomic<bool> disabled_{false};
  Role role_;
  uint32_t index_;   // The place among the trees of the space.
  uint64_t reader_;  // A predicate's bit in the footprints; 0 for an action.
};

}  // namespace modelcheck
