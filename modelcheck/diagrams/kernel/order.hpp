// The order in which a diagram looks at cells.
#pragma once

#include <cstdint>
#include <vector>

namespace modelcheck {

// Cells may be put anywhere while diagrams exist, since none mentions a cell that is not yet in the order, and the others stay as they are to each other.
class Order {
 public:
  static constexpr uint32_t kLast = UINT32_MAX;

  uint32_t cells() const noexcept { return static_cast<uint32_t>(rank_.size()); }
  uint32_t rank(uint32_t cell) const noexcept { return rank_[cell]; }
  const std::vector<uint32_t>& sequence() const noexcept { return sequence_; }

  // Puts the cells up to a number that are new behind another one, in their own order; kLast puts them at the end.
  void extend(uint32_t cells, uint32_t behind) {
    const uint32_t known = this->cells();
    if (cells <= known) return;
    size_t place = behind < known ? rank_[behind] + size_t{1} : sequence_.size();
    for (uint32_t cell = known; cell < cells; ++cell) sequence_.insert(sequence_.begin() + static_cast<std::ptrdiff_t>(place++), cell);
    number(cells);
  }

  // Only while there is no diagram. `sequence` has each cell once.
  void set(const std::vector<uint32_t>& sequence) {
    sequence_ = sequence;
    number(static_cast<uint32_t>(sequence.size()));
  }

 private:
  void number(uint32_t cells) {
    rank_.resize(cells);
    for (uint32_t i = 0; i < cells; ++i) rank_[sequence_[i]] = i;
  }

  std::vector<uint32_t> sequence_;  // The cells, first ones first.
  std::vector<uint32_t> rank_;      // By cell its place in the sequence.
};

}  // namespace modelcheck
