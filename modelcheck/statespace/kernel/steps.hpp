// Which steps are known to satisfy the properties of steps, before their successors are made.
#pragma once

#include <cstdint>
#include <vector>

#include "space.hpp"
#include "state.hpp"
#include "tree.hpp"

namespace modelcheck {

// What trees look at in a state that is its own successor, if all their leaves are TRUE. A true successor that differs in none of that makes them take the same paths.
class Glance {
 public:
  void clear() noexcept {
    holds_ = true;
    marks_ = 0;
    places_.clear();
  }

  // Adds what a tree looks at.
  void add(const Space& space, const State& state, const Tree& tree) { holds_ = holds_ && below(space, state, tree.root()); }

  // Whether all leaves are TRUE, and the leaf of a step writes to nothing that was looked at. Nearly all is told by the marks, and the rest by comparing the few cells.
  bool misses(const Space& space, const Leaf& leaf) const noexcept { return holds_ && ((leaf.touched & marks_) == 0 || (places_.size() <= kFew && misses_all(space, leaf))); }

 private:
  static constexpr size_t kFew = 16;
  static constexpr uint32_t kOfCollection = uint32_t{1} << 31;

  bool misses_all(const Space& space, const Leaf& leaf) const noexcept {
    for (const Write& write : leaf) {
      const uint32_t collection = space.collection_of(write.cell) | kOfCollection;
      for (const uint32_t place : places_) {
        if (place == write.cell || place == collection) return false;
      }
    }
    return true;
  }

  void look(Marks mark, uint32_t place) {
    marks_ |= mark;
    if (places_.size() <= kFew) places_.push_back(place);
  }

  bool below(const Space& space, const State& state, Word word) {
    while (is_node(word)) {
      const Node& node = *node_of(word);
      if (node.kind == Kind::kChoose || node.kind == Kind::kEach) return each(space, state, node);
      uint64_t key = 0;
      if (node.kind == Kind::kRead || node.kind == Kind::kReadNext) {
        look(mark_of_cell(node.where), node.where);
        key = node.projection == nullptr ? state.at(node.where) : node.projection->find(state.at(node.where));
        if (node.projection != nullptr && key == IdTable::kUnknown) return false;
      } else {
        if (node.projection != nullptr) return false;
        look(mark_of_collection(node.where), node.where | kOfCollection);
        key = state.content_key(node.where);
      }
      word = node.children.find(key);
    }
    return word == kTrue || word == kDisabled;
  }

  bool each(const Space& space, const State& state, const Node& node) {
    if (node.kind == Kind::kChoose) {
      for (uint32_t option = 0; option < node.detail; ++option) {
        if (!below(space, state, node.children.find(option))) return false;
      }
      return true;
    }
    look(mark_of_collection(node.where), node.where | kOfCollection);
    for (const uint32_t cell : state.present(node.where)) {
      if (!below(space, state, node.children.find(space.place_of(cell)))) return false;
    }
    return true;
  }

  bool holds_ = true;  // False also where a path is missing.
  Marks marks_ = 0;
  std::vector<uint32_t> places_;  // Cells, and collections with a bit of their own; not all of them if they are many.
};

// Whether all leaves of a STEP tree are TRUE for the step by a leaf, without making the successor. False also where that is not known.
class Foresight {
 public:
  Foresight(const Space& space, const State& state, const Leaf& leaf) noexcept : space_(space), state_(state), leaf_(leaf) {}

  bool holds(const Tree& tree) const { return below(tree.root()); }

 private:
  bool below(Word word) const {
    while (is_node(word)) {
      const Node& node = *node_of(word);
      if (node.kind == Kind::kChoose || node.kind == Kind::kEach) return each(node);
      uint64_t key = 0;
      if (node.kind == Kind::kRead || node.kind == Kind::kReadNext) {
        const uint32_t id = node.kind == Kind::kRead ? state_.at(node.where) : after(node.where);
        key = node.projection == nullptr ? id : node.projection->find(id);
        if (id == IdTable::kUnknown || (node.projection != nullptr && key == IdTable::kUnknown)) return false;
      } else {
        if (node.projection != nullptr || (node.kind == Kind::kWholeNext && writes_to(node.where))) return false;
        key = state_.content_key(node.where);
      }
      word = node.children.find(key);
    }
    return word == kTrue || word == kDisabled;
  }

  bool each(const Node& node) const {
    if (node.kind == Kind::kChoose) {
      for (uint32_t option = 0; option < node.detail; ++option) {
        if (!below(node.children.find(option))) return false;
      }
      return true;
    }
    for (const uint32_t cell : state_.present(node.where)) {
      if (!below(node.children.find(space_.place_of(cell)))) return false;
    }
    return true;
  }

  uint32_t after(uint32_t cell) const noexcept {
    for (const Write& write : leaf_) {
      if (write.cell == cell) return write.update == nullptr ? write.value : write.update->find(state_.at(cell));
    }
    return state_.at(cell);
  }

  bool writes_to(uint32_t collection) const noexcept {
    for (const Write& write : leaf_) {
      if (space_.collection_of(write.cell) == collection) return true;
    }
    return false;
  }

  const Space& space_;
  const State& state_;
  const Leaf& leaf_;
};

}  // namespace modelcheck
