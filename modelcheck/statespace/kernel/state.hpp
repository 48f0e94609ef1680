// The state that a worker is looking at.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "memory.hpp"
#include "space.hpp"
#include "tree.hpp"

namespace modelcheck {

// The ids of all cells, dense, so that a tree's walk is one load per node; and for each collection the cells that are not 0, ascending. The dense array is
// address space for every cell there can be, of which only the pages in use cost memory.
class State {
 public:
  using Undo = std::vector<std::pair<uint32_t, uint32_t>>;  // (cell, old id), latest last.

  explicit State(const Space& space) : space_(space), region_(Region::reserve(size_t{space.max_cells()} * 4)), cells_(static_cast<uint32_t*>(region_.data())) {}

  uint32_t at(uint32_t cell) const noexcept { return cells_[cell]; }
  size_t collections() const noexcept { return present_.size(); }
  const std::vector<uint32_t>& present(uint32_t collection) const noexcept { return collection < present_.size() ? present_[collection] : kNone; }
  const uint32_t* fixed() const noexcept { return cells_; }
  uint32_t* fixed() noexcept { return cells_; }

  void clear() noexcept {
    std::fill_n(cells_, space_.fixed(), 0);
    for (auto& cells : present_) {
      for (const uint32_t cell : cells) cells_[cell] = 0;
      cells.clear();
    }
  }

  void set(uint32_t cell, uint32_t id) {
    const uint32_t old = std::exchange(cells_[cell], id);
    const uint32_t collection = space_.collection_of(cell);
    if (collection == Space::kNoCollection || (old != 0) == (id != 0)) return;
    auto& cells = list(collection);
    const auto place = std::lower_bound(cells.begin(), cells.end(), cell);
    if (id != 0) {
      cells.insert(place, cell);
    } else {
      cells.erase(place);
    }
  }

  // For a decoder, which meets the cells of a collection in ascending order after clear().
  void append(uint32_t collection, uint32_t cell, uint32_t id) {
    cells_[cell] = id;
    list(collection).push_back(cell);
  }

  // Needs every table of the leaf to know its old id.
  void apply(const Leaf& leaf, Undo& undo) {
    for (const Write& write : leaf) {
      const uint32_t old = cells_[write.cell];
      const uint32_t id = write.update == nullptr ? write.value : write.update->find(old);
      if (id == old) continue;
      undo.emplace_back(write.cell, old);
      set(write.cell, id);
    }
  }

  // What another state was before the changes that an undo list tells of.
  void become(const State& other, const Undo& undo) {
    clear();
    std::copy_n(other.cells_, space_.fixed(), cells_);
    present_ = other.present_;
    for (const auto& cells : present_) {
      for (const uint32_t cell : cells) cells_[cell] = other.cells_[cell];
    }
    for (size_t i = undo.size(); i-- > 0;) set(undo[i].first, undo[i].second);
  }

  void revert(Undo& undo) {
    for (; !undo.empty(); undo.pop_back()) set(undo.back().first, undo.back().second);
  }

  uint64_t content_key(uint32_t collection) const noexcept {
    uint64_t key = 0;
    for (const uint32_t cell : present(collection)) key += mix(cell, cells_[cell]);
    return key;
  }

  // (cell, id) of every cell that is not 0.
  Undo snapshot() const {
    Undo ids;
    for (uint32_t cell = 0; cell < space_.fixed(); ++cell) {
      if (cells_[cell] != 0) ids.emplace_back(cell, cells_[cell]);
    }
    for (const auto& cells : present_) {
      for (const uint32_t cell : cells) {
        if (cell >= space_.fixed()) ids.emplace_back(cell, cells_[cell]);
      }
    }
    return ids;
  }

 private:
  inline static const std::vector<uint32_t> kNone;

  std::vector<uint32_t>& list(uint32_t collection) {
    if (collection >= present_.size()) present_.resize(collection + 1);
    return present_[collection];
  }

  const Space& space_;
  Region region_;
  uint32_t* cells_;                             // One id for each cell that there can be; a cell that no state has used is 0.
  std::vector<std::vector<uint32_t>> present_;  // Per collection its cells with id != 0, ascending. Shorter than the space's list while later ones are empty.
};

}  // namespace modelcheck
