// The nodes of decision diagrams: each is kept once, and those that nothing needs are given back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "order.hpp"

namespace modelcheck {

using Set = uint32_t;        // A set of states, by the number of its node. Equal sets have equal numbers.
constexpr Set kNothing = 0;  // No state.
constexpr Set kZero = 1;     // The one state in which every cell is 0.

constexpr uint32_t kOperationShift = 28;  // The upper bits of what a cached result is of: the operation; the lower ones, a list of writes or an id.

// The states in which a cell has an id that is not 0, without that cell, and the others. Along `without` the cells come in order and the ids of one cell ascend;
// a cell that no node on the way mentions is 0. This is a zero-suppressed diagram (Minato, "Zero-Suppressed BDDs for Set Manipulation in Combinatorial Problems",
// DAC 1993) over pairs of a cell and an id: new cells and new ids need no change of what is there.
struct SetNode {
  uint32_t cell;
  uint32_t id;
  Set with;     // Never kNothing.
  Set without;
};

// Why an operation ended before its result was there.
struct Halted {};

// Asked from time to time in the midst of operations; false ends them.
using Poll = bool (*)(void*);

class Nodes {
 public:
  explicit Nodes(uint64_t memory_limit_bytes) : limit_bytes_(memory_limit_bytes == 0 ? UINT64_MAX : memory_limit_bytes), nodes_(2, SetNode{kFree, 0, 0, 0}), table_(kLeast, kNothing), cache_(kLeast, Entry{0, 0, 0, 0}) {}

  Order order;

  void watch(Poll poll, void* data) noexcept {
    poll_ = poll;
    data_ = data;
  }

  const SetNode& at(Set set) const noexcept { return nodes_[set]; }
  uint32_t rank(Set set) const noexcept { return set <= kZero ? Order::kLast : order.rank(nodes_[set].cell); }
  size_t size() const noexcept { return nodes_.size(); }
  uint64_t live() const noexcept { return used_; }
  uint64_t peak() const noexcept { return peak_; }
  uint64_t made() const noexcept { return made_; }
  uint64_t peak_bytes() const noexcept { return peak_bytes_; }
  uint64_t collections() const noexcept { return collections_; }

  uint64_t bytes() const noexcept { return nodes_.capacity() * sizeof(SetNode) + table_.capacity() * sizeof(Set) + cache_.capacity() * sizeof(Entry); }

  Set make(uint32_t cell, uint32_t id, Set with, Set without) {
    if (with == kNothing) return without;
    uint64_t i = slot(cell, id, with, without);
    for (; table_[i] != kNothing; i = (i + 1) & (table_.size() - 1)) {
      const SetNode& node = nodes_[table_[i]];
      if (node.cell == cell && node.id == id && node.with == with && node.without == without) return table_[i];
    }
    if ((used_ + 1) * 2 > table_.size()) {
      enlarge();
      return make(cell, id, with, without);
    }
    const Set set = place();
    nodes_[set] = {cell, id, with, without};
    table_[i] = set;
    ++made_;
    if (++used_ > peak_) peak_ = used_;
    return set;
  }

  // A set that is referred to from outside stays, as often as it was pinned more often than let go.
  void pin(Set set) {
    if (set > kZero) ++pins_[set];
  }
  void unpin(Set set) noexcept {
    const auto found = pins_.find(set);
    if (found != pins_.end() && --found->second == 0) pins_.erase(found);
  }

  // The sets that a walk under way has in its hands.
  std::vector<Set> held;

 protected:
  // An operation with its operands, and its result. Operations on sets have a number for `c`; see `Operation`.
  struct Entry {
    uint32_t operation;
    uint32_t a;
    uint32_t b;
    uint32_t result;
  };

  static constexpr uint32_t kFree = UINT32_MAX;
  static constexpr uint64_t kLeast = uint64_t{1} << 14;
  static constexpr uint64_t kMostCached = uint64_t{1} << 24;
  static constexpr uint64_t kLeastGarbage = uint64_t{1} << 22;
  static constexpr uint64_t kTicks = uint64_t{1} << 16;

  static uint64_t mixed(uint64_t a, uint64_t b) noexcept {
    uint64_t x = a * 0x9e3779b97f4a7c15u ^ (b + 0x7f4a7c15u) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 29) * 0x94d049bb133111ebu;
    return x ^ x >> 32;
  }

  bool look(uint32_t operation, uint32_t a, uint32_t b, uint32_t& result) {
    const Entry& entry = cache_[mixed(uint64_t{operation} << 32 | a, b) & (cache_.size() - 1)];
    if (entry.operation == operation && entry.a == a && entry.b == b) {
      result = entry.result;
      return true;
    }
    tick();
    return false;
  }

  uint32_t keep(uint32_t operation, uint32_t a, uint32_t b, uint32_t result) noexcept {
    cache_[mixed(uint64_t{operation} << 32 | a, b) & (cache_.size() - 1)] = {operation, a, b, result};
    return result;
  }

  // Each operation that computes comes by here.
  void tick() {
    if ((++ticks_ & (kTicks - 1)) == 0 && poll_ != nullptr && !poll_(data_)) throw Halted();
    if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < floor_) throw std::length_error("the diagram is deeper than the stack of this thread; fewer cells or values make it less deep");
  }

  bool wants_collection() const noexcept { return made_ - made_before_ > kLeastGarbage && made_ - made_before_ > left_; }

  // Gives back the nodes that no pinned or held set needs. Results in the cache stay if all that they mention does; `is_set` says which of operands and result are sets.
  template <class IsSet>
  void collect(IsSet&& is_set) {
    std::vector<bool> needed(nodes_.size());
    std::vector<Set> todo(held);
    for (const auto& pinned : pins_) todo.push_back(pinned.first);
    while (!todo.empty()) {
      const Set set = todo.back();
      todo.pop_back();
      if (set <= kZero || needed[set]) continue;
      needed[set] = true;
      todo.push_back(nodes_[set].with);
      todo.push_back(nodes_[set].without);
    }
    const auto gone = [&](uint32_t set) { return set > kZero && !needed[set]; };
    for (Entry& entry : cache_) {
      const uint8_t sets = is_set(entry.operation >> kOperationShift);
      if (((sets & 1) != 0 && gone(entry.a)) || ((sets & 2) != 0 && gone(entry.b)) || ((sets & 4) != 0 && gone(entry.result)) || sets == 0) entry = {0, 0, 0, 0};
    }
    free_ = 0;
    used_ = 0;
    for (Set set = static_cast<Set>(nodes_.size()); set-- > 2;) {
      if (needed[set]) {
        ++used_;
      } else {
        nodes_[set] = {kFree, 0, free_, 0};
        free_ = set;
      }
    }
    rehash(table_.size());
    left_ = used_;
    made_before_ = made_;
    ++collections_;
  }

  uintptr_t floor_ = 0;  // The lowest address of the stack that operations may come to.

 private:
  uint64_t slot(uint32_t cell, uint32_t id, Set with, Set without) const noexcept { return mixed(uint64_t{cell} << 32 | id, uint64_t{with} << 32 | without) & (table_.size() - 1); }

  Set place() {
    if (free_ != 0) {
      const Set set = free_;
      free_ = nodes_[set].with;
      return set;
    }
    if (nodes_.size() == UINT32_MAX - 1) throw std::bad_alloc();
    if (nodes_.size() == nodes_.capacity()) {
      afford(nodes_.capacity() * sizeof(SetNode) * 2);
      nodes_.reserve(nodes_.capacity() * 2);
    }
    nodes_.push_back({kFree, 0, 0, 0});
    return static_cast<Set>(nodes_.size() - 1);
  }

  void enlarge() {
    const uint64_t slots = table_.size() * 2;
    afford(slots * sizeof(Set));
    rehash(slots);
    if (cache_.size() >= kMostCached || cache_.size() >= slots) return;
    afford(cache_.size() * 2 * sizeof(Entry));
    std::vector<Entry> larger(cache_.size() * 2, Entry{0, 0, 0, 0});
    for (const Entry& entry : cache_) larger[mixed(uint64_t{entry.operation} << 32 | entry.a, entry.b) & (larger.size() - 1)] = entry;
    cache_.swap(larger);
  }

  void rehash(uint64_t slots) {
    table_.assign(slots, kNothing);
    for (Set set = 2; set < nodes_.size(); ++set) {
      const SetNode& node = nodes_[set];
      if (node.cell == kFree) continue;
      uint64_t i = slot(node.cell, node.id, node.with, node.without);
      while (table_[i] != kNothing) i = (i + 1) & (slots - 1);
      table_[i] = set;
    }
  }

  void afford(uint64_t more) {
    const uint64_t bytes = this->bytes() + more;
    if (bytes > limit_bytes_) throw std::bad_alloc();
    if (bytes > peak_bytes_) peak_bytes_ = bytes;
  }

  const uint64_t limit_bytes_;
  Poll poll_ = nullptr;
  void* data_ = nullptr;
  std::vector<SetNode> nodes_;  // The first two stand for kNothing and kZero.
  std::vector<Set> table_;      // The nodes by what they say, in open addressing; kNothing where there is none. A power of two.
  std::vector<Entry> cache_;    // Results of operations, by operation and operands; a later one takes the place of an earlier one. A power of two.
  std::unordered_map<Set, uint32_t> pins_;
  Set free_ = 0;                // The first node that is given back; each says the next in `with`. 0: there is none.
  uint64_t used_ = 0;           // Nodes that say something.
  uint64_t peak_ = 0;           // The most there were.
  uint64_t peak_bytes_ = 0;
  uint64_t made_ = 0;           // Ever.
  uint64_t made_before_ = 0;    // Of these, those before the last collection,
  uint64_t left_ = 0;           // and those that it left.
  uint64_t collections_ = 0;
  uint64_t ticks_ = 0;
};

}  // namespace modelcheck
