// The fingerprints that a worker met last.
#pragma once

#include <cstdint>
#include <vector>

namespace modelcheck {

// Actions that commute lead to the same state on several ways, and breadth-first search takes those ways one soon after the other: of the successors of two-phase commit
// that are not self-loops, three of four were met among the last 64 Ki. This cache, small enough to stay near the processor, answers for them and spares a
// memory access in the table. It only ever forgets; what it knows is in the table.
class Recent {
 public:
  explicit Recent(bool numbered) : met_(kSlots, 0), number_(numbered ? kSlots : 0) {}

  bool contains(uint64_t fingerprint) const noexcept { return met_[slot(fingerprint)] == fingerprint && fingerprint != 0; }
  void add(uint64_t fingerprint) noexcept { met_[slot(fingerprint)] = fingerprint; }

  // With the state's number, where states have numbers.
  void add(uint64_t fingerprint, uint32_t number) noexcept {
    add(fingerprint);
    if (!number_.empty()) number_[slot(fingerprint)] = number;
  }

  // Of a fingerprint that is contained.
  uint32_t number(uint64_t fingerprint) const noexcept { return number_[slot(fingerprint)]; }

 private:
  static constexpr size_t kSlots = size_t{1} << 16;

  // Other bits than those which name the bucket in the table, since one bucket's fingerprints are no likelier to be met together.
  static size_t slot(uint64_t fingerprint) noexcept { return fingerprint >> 8 & (kSlots - 1); }

  std::vector<uint64_t> met_;     // Half a megabyte, the newest fingerprint of each slot; 0 for none.
  std::vector<uint32_t> number_;  // The numbers of these states; empty where states have none.
};

}  // namespace modelcheck
