// Walking a tree in a state.
#pragma once

#include <cstdint>
#include <vector>

#include "plain.hpp"
#include "state.hpp"
#include "tree.hpp"

namespace modelcheck {

enum class MissKind : uint8_t { kPath, kProjection, kUpdate, kImage = 5 };

// What a walk found missing.
struct Miss {
  MissKind kind = MissKind::kPath;
  uint32_t index = 0;            // The tree, projection or update.
  uint32_t id = 0;               // The id that the projection or update does not know.
  std::vector<uint32_t> script;  // For a path the choices on the way: the option of a CHOOSE node, the cell of an EACH node.
  State::Undo state;             // What the run reads, as (cell, id) of the cells that are not 0.
  State::Undo following;         // For a STEP tree its successor, the same way.
  // What runs that are not recorded are told, and where they put their leaves; null where there are to be none.
  Scratch* scratch = nullptr;
  uint64_t walks = 0;
  bool insists = false;
};

// What a walk takes where it does not take everything; see `Behaviours`.
struct Everything {
  // A choice is about to be made at a node, the number `depth` of the run; what `admits` is asked next is about it.
  void at(const Node&, size_t) const noexcept {}
  bool admits(uint32_t) const noexcept { return true; }
};

// Visits the leaves of a tree in one state: all options of a choice in order, all elements of a collection in ascending order of cells. Since cells and
// children are only ever added, a later walk in the same state meets the same leaves in the same order.
template <class Filter>
class FilteredWalk {
 public:
  // `following` is the successor for a STEP tree and otherwise not looked at.
  FilteredWalk(const Space& space, const State& state, const State& following, Miss& miss, Filter filter = {}) noexcept
      : space_(space), state_(state), following_(following), miss_(miss), filter_(filter) {}

  // Calls on_leaf with the word of each leaf but DISABLED. False when `on_leaf` returned false or something is missing; `miss` then says what.
  template <class OnLeaf>
  bool over(const Tree& tree, OnLeaf&& on_leaf) {
    miss_.script.clear();
    miss_.kind = MissKind::kPath;
    miss_.index = tree.index();
    return below(tree.root(), on_leaf);
  }

  // Adds to a fingerprint what the writes of a leaf do whose old id its run has not read. False when an update does not know the old id.
  bool add_open_writes(const Leaf& leaf, uint64_t& fingerprint) noexcept {
    for (const Write *write = leaf.begin(), *end = write + leaf.open; write != end; ++write) {
      const uint32_t old = state_.at(write->cell);
      if (write->update == nullptr) {
        if (old != write->value) fingerprint += write->gain - mix(write->cell, old);
        continue;
      }
      const uint32_t id = write->update->find(old);
      if (id == IdTable::kUnknown) return miss_id(MissKind::kUpdate, *write->update, old);
      fingerprint += mix(write->cell, id) - mix(write->cell, old);
    }
    return true;
  }

 private:
  bool miss_id(MissKind kind, const IdTable& table, uint32_t id) noexcept {
    miss_.kind = kind;
    miss_.index = table.index();
    miss_.id = id;
    return false;
  }

  // Follows the reads of plain ids, which is nearly all that walks do.
  __attribute__((always_inline)) Word follow(Word word) const noexcept {
    while ((word & kTagMask) == kReadTag) {
      const Node& node = *node_of(word);
      word = node.children.find(state_.at(node.where));
    }
    return word;
  }

  // Inlined into each caller, with the rarer nodes kept out of the way.
  template <class OnLeaf>
  __attribute__((always_inline)) bool below(Word word, OnLeaf& on_leaf) {
    word = follow(word);
    const Word tag = word & kTagMask;
    if (tag == kDisabled) return true;
    if (tag == kNodeTag) return at_node(*node_of(word), on_leaf);
    return tag != kMissing ? on_leaf(word) : miss_.scratch != nullptr && run_plainly(on_leaf);
  }

  // Where a path is missing, a run that is not recorded may take its place.
  template <class OnLeaf>
  __attribute__((noinline)) bool run_plainly(OnLeaf& on_leaf) {
    const PlainRuns* plain = space_.plain();
    if (plain == nullptr) return false;
    const Asked asked{miss_.index, miss_.walks, miss_.insists, &state_, &following_, &miss_.script, elements_chosen(), miss_.scratch};
    Outcomes outcomes;
    if (!plain->run(plain->self, asked, outcomes)) return false;
    space_.note_unrecorded(space_.tree(miss_.index).reader());
    const size_t made = miss_.script.size();
    for (size_t i = 0; i < outcomes.words.size(); ++i) {
      miss_.script.insert(miss_.script.end(), outcomes.choices[i].begin(), outcomes.choices[i].end());
      if (!on_leaf(outcomes.words[i])) return false;
      miss_.script.resize(made);
    }
    return true;
  }

  // Which of the choices of the script are elements, as bits.
  uint64_t elements_chosen() {
    uint64_t found = 0;
    Word word = space_.tree(miss_.index).root();
    for (size_t at = 0; at < miss_.script.size() && at < 64;) {
      word = follow(word);
      if (!is_node(word)) break;
      const Node& node = *node_of(word);
      uint64_t key = 0;
      if (node.kind == Kind::kEach) {
        found |= uint64_t{1} << at;
        key = space_.place_of(miss_.script[at++]);
      } else if (node.kind == Kind::kChoose) {
        key = miss_.script[at++];
      } else if (!key_of(node, key)) {
        break;
      }
      word = node.children.find(key);
    }
    return found;
  }

  template <class OnLeaf>
  __attribute__((noinline)) bool at_node(const Node& node, OnLeaf& on_leaf) {
    if (node.kind == Kind::kChoose) return each_option(node, on_leaf);
    if (node.kind == Kind::kEach) return each_element(node, on_leaf);
    uint64_t key = 0;
    return key_of(node, key) && below(node.children.find(key), on_leaf);
  }

  // What a node without choice looks at. False when its projection does not know the id.
  bool key_of(const Node& node, uint64_t& key) {
    const State& seen = node.kind == Kind::kReadNext || node.kind == Kind::kWholeNext ? following_ : state_;
    if (node.kind == Kind::kWhole || node.kind == Kind::kWholeNext) {
      if (node.projection != nullptr) return key_of_passing(seen, node, key);
      key = seen.content_key(node.where);
      return true;
    }
    const uint32_t id = seen.at(node.where);
    key = node.projection == nullptr ? id : node.projection->find(id);
    return node.projection == nullptr || key != IdTable::kUnknown || miss_id(MissKind::kProjection, *node.projection, id);
  }

  // The content key of the elements that pass a filter. False when it does not know one of them.
  __attribute__((noinline)) bool key_of_passing(const State& seen, const Node& node, uint64_t& key) {
    for (const uint32_t cell : seen.present(node.where)) {
      const uint32_t place = space_.place_of(cell);
      const uint32_t passes = node.projection->find(place);
      if (passes == IdTable::kUnknown) return miss_id(MissKind::kProjection, *node.projection, place);
      if (passes != 0) key += mix(cell, seen.at(cell));
    }
    return true;
  }

  // On failure the choices stay in the script, which is what the miss must tell.
  template <class OnLeaf>
  bool each_option(const Node& node, OnLeaf& on_leaf) {
    filter_.at(node, miss_.script.size());
    for (uint32_t option = 0; option < node.detail; ++option) {
      miss_.script.push_back(option);
      if (!below(node.children.find(option), on_leaf)) return false;
      miss_.script.pop_back();
    }
    return true;
  }

  template <class OnLeaf>
  bool each_element(const Node& node, OnLeaf& on_leaf) {
    for (const uint32_t cell : state_.present(node.where)) {
      filter_.at(node, miss_.script.size());
      if (!filter_.admits(cell)) continue;
      miss_.script.push_back(cell);
      if (!below(node.children.find(space_.place_of(cell)), on_leaf)) return false;
      miss_.script.pop_back();
    }
    return true;
  }

  const Space& space_;
  const State& state_;
  const State& following_;
  Miss& miss_;
  Filter filter_;
};

using Walk = FilteredWalk<Everything>;

}  // namespace modelcheck
