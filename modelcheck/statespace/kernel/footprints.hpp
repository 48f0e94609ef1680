// Which predicates read which cells.
#pragma once

#include <atomic>
#include <cstdint>

#include "memory.hpp"
#include "tree.hpp"

namespace modelcheck {

// A set of predicates, one bit each. Predicates beyond the first 63 share the last bit, which is in every answer: of them nothing is known.
using Readers = uint64_t;
constexpr Readers kCrowd = Readers{1} << 63;

inline Readers reader_bit(uint32_t predicate) noexcept { return Readers{1} << (predicate < 63 ? predicate : 63); }

// For each cell and collection the predicates that a run was seen to read it in, in either state. A successor that differs from its parent in no such cell runs
// the same paths, so a predicate says of it what it said of the parent. Bits are only ever set, and before the path that reads the cell is published.
class Footprints {
 public:
  explicit Footprints(uint32_t cells)
      : cell_region_(Region::reserve(size_t{cells} * 8)),
        collection_region_(Region::reserve(size_t{cells} * 8)),
        by_cell_(static_cast<std::atomic<Readers>*>(cell_region_.data())),
        by_collection_(static_cast<std::atomic<Readers>*>(collection_region_.data())) {}

  void add_cell(uint32_t cell, Readers reader) noexcept { by_cell_[cell].fetch_or(reader, std::memory_order_relaxed); }
  void add_collection(uint32_t collection, Readers reader) noexcept { by_collection_[collection].fetch_or(reader, std::memory_order_relaxed); }

  Readers of_cell(uint32_t cell) const noexcept { return by_cell_[cell].load(std::memory_order_relaxed); }
  Readers of_collection(uint32_t collection) const noexcept { return by_collection_[collection].load(std::memory_order_relaxed); }

 private:
  Region cell_region_;
  Region collection_region_;
  std::atomic<Readers>* by_cell_;        // Lazily mapped, one word for each cell that there can be.
  std::atomic<Readers>* by_collection_;  // The same for collections; each needs a cell, so there are no more of them that matter.
};

}  // namespace modelcheck
