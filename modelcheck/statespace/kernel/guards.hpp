// Which actions a state may enable, by the cells that they read first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "space.hpp"
#include "state.hpp"
#include "tree.hpp"

namespace modelcheck {

// Most actions of a protocol begin with a guard on one cell and are disabled by it, many by the same cell. So for each cell that roots read and each id of it a set
// of trees is kept, as bits: those that are not known to be disabled by this id. A state's set is the union over the cells, and only its trees are walked, in
// their order. What a tree says of an id never changes once it is known, so a set may be too large but never too small; it is computed again when
// paths were added since. Each worker has its own.
class Guards {
 public:
  Guards(const Space& space, const std::vector<const Tree*>& trees) : space_(space), trees_(trees), words_((trees.size() + 63) / 64), unguarded_(words_), set_(words_) {
    for (uint32_t i = 0; i < trees_.size(); ++i) {
      unknown_.push_back(i);
      insert(unguarded_, i);
    }
  }

  // The trees that the state may enable, as bits by their place in the list. Valid until the next call.
  const std::vector<uint64_t>& of(const State& state) {
    const uint32_t version = space_.version();
    if (!unknown_.empty() && version != adopted_) adopt(version);
    if (version != sorted_) sort_out(version);
    set_ = unguarded_;
    for (const uint32_t group : dense_) add(groups_[group], state, version);
    for (const uint32_t collection : sparse_) {
      for (const uint32_t cell : state.present(collection)) {
        if (cell < group_of_element_.size() && group_of_element_[cell] != 0) add(groups_[group_of_element_[cell] - 1], state, version);
      }
    }
    return set_;
  }

 private:
  // Ids beyond this are not worth a set each.
  static constexpr uint32_t kIds = 4096;

  // The trees whose root reads the same cell.
  struct Group {
    uint32_t cell;
    size_t first;                     // The words of the bit set that the group's trees are in: from first
    size_t last;                      // to before last.
    std::vector<uint32_t> trees;      // Ascending.
    std::vector<uint64_t> all;        // Their bits, last - first words.
    std::vector<uint64_t> by_id;      // For each id last - first words.
    std::vector<uint32_t> version;    // For each id the version of the space that its bits are from; 0 for none.
  };

  void add(Group& group, const State& state, uint32_t version) {
    const uint64_t* bits = bits_of(group, state.at(group.cell), version);
    for (size_t i = group.first; i < group.last; ++i) set_[i] |= bits[i - group.first];
  }

  // A group of an element whose absence disables all its trees, as that of a message does that they wait for, is looked at only where the element is present.
  void sort_out(uint32_t version) {
    sorted_ = version;
    size_t kept = 0;
    for (const uint32_t group : dense_) {
      if (!waits(groups_[group], version)) {
        dense_[kept++] = group;
        continue;
      }
      const uint32_t cell = groups_[group].cell;
      const uint32_t collection = space_.collection_of(cell);
      if (cell >= group_of_element_.size()) group_of_element_.resize(cell + 1);
      group_of_element_[cell] = group + 1;
      if (std::find(sparse_.begin(), sparse_.end(), collection) == sparse_.end()) sparse_.push_back(collection);
    }
    dense_.resize(kept);
  }

  bool waits(Group& group, uint32_t version) {
    if (space_.collection_of(group.cell) == Space::kNoCollection) return false;
    const uint64_t* bits = bits_of(group, 0, version);
    return std::all_of(bits, bits + (group.last - group.first), [](uint64_t word) { return word == 0; });
  }

  static void insert(std::vector<uint64_t>& bits, size_t i) noexcept { bits[i / 64] |= uint64_t{1} << i % 64; }

  const uint64_t* bits_of(Group& group, uint32_t id, uint32_t version) {
    if (id < group.version.size() && group.version[id] == version) return &group.by_id[id * (group.last - group.first)];
    return refresh(group, id, version);
  }

  const uint64_t* refresh(Group& group, uint32_t id, uint32_t version) {
    if (id >= kIds) return group.all.data();
    const size_t width = group.last - group.first;
    if (id >= group.version.size()) {
      group.version.resize(id + 1);
      group.by_id.resize((id + 1) * width);
    }
    uint64_t* bits = &group.by_id[id * width];
    for (size_t i = 0; i < width; ++i) bits[i] = 0;
    for (const uint32_t i : group.trees) {
      if (!disabled(*trees_[i], id)) bits[i / 64 - group.first] |= uint64_t{1} << i % 64;
    }
    group.version[id] = version;
    return bits;
  }

  static bool disabled(const Tree& tree, uint32_t id) noexcept {
    const Node& root = *node_of(tree.root());
    const uint32_t key = root.projection == nullptr ? id : root.projection->find(id);
    return (root.projection == nullptr || key != IdTable::kUnknown) && root.children.find(key) == kDisabled;
  }

  // Puts the trees that got a root meanwhile into their groups. A root that makes a choice or reads a whole collection guards nothing.
  void adopt(uint32_t version) {
    adopted_ = version;
    std::vector<uint32_t> unknown;
    for (const uint32_t i : unknown_) {
      const Word root = trees_[i]->root();
      if (root == kMissing) {
        unknown.push_back(i);
      } else if (is_node(root) && node_of(root)->kind == Kind::kRead) {
        unguarded_[i / 64] &= ~(uint64_t{1} << i % 64);
        group_of(node_of(root)->where).trees.push_back(i);
      }
    }
    unknown_ = std::move(unknown);
    for (Group& group : groups_) reset(group);
    dense_.resize(groups_.size());
    std::iota(dense_.begin(), dense_.end(), 0);
    sparse_.clear();
    group_of_element_.clear();
  }

  Group& group_of(uint32_t cell) {
    for (Group& group : groups_) {
      if (group.cell == cell) return group;
    }
    groups_.push_back({cell, 0, 0, {}, {}, {}, {}});
    return groups_.back();
  }

  static void reset(Group& group) {
    std::sort(group.trees.begin(), group.trees.end());
    group.first = group.trees.front() / 64;
    group.last = group.trees.back() / 64 + 1;
    group.all.assign(group.last - group.first, 0);
    for (const uint32_t i : group.trees) insert(group.all, i - group.first * 64);
    group.by_id.clear();
    group.version.clear();
  }

  const Space& space_;
  const std::vector<const Tree*>& trees_;
  size_t words_;                     // Of a bit set over all trees.
  std::vector<uint32_t> unknown_;    // Trees without a root when last looked at.
  std::vector<uint64_t> unguarded_;  // Bits of the trees in no group.
  std::vector<uint64_t> set_;        // What `of` gave last.
  std::vector<Group> groups_;
  std::vector<uint32_t> dense_;             // The groups to be looked at in every state,
  std::vector<uint32_t> sparse_;            // the collections that the others are elements of,
  std::vector<uint32_t> group_of_element_;  // and by cell the number of such a group plus one; 0 for none.
  uint32_t adopted_ = 0;             // Version of the space when unknown_ was last looked at,
  uint32_t sorted_ = 0;              // and when the groups were sorted out.
};

}  // namespace modelcheck
