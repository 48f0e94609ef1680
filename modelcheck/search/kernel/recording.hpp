// The steps that a worker records, and the numbers of states.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "modelcheck/liveness/kernel/rows.hpp"
#include "trace_log.hpp"

namespace modelcheck {

// States are numbered across workers: the i-th that a worker stores is number i * workers + worker. Workers that share the work leave few numbers out.
class Recording {
 public:
  static constexpr uint32_t kGoal = 1, kPremise = 2;  // What the label of a LIVENESS leaf says.

  Recording(uint32_t worker, uint32_t workers) noexcept : worker_(worker), workers_(workers), rows_(workers) {}

  // The number of the state that is stored next.
  Number next(const TraceLog& log) const {
    const uint64_t number = log.size() * workers_ + worker_;
    if (number > kMostNumbers) throw std::overflow_error("liveness is checked on at most 2**32 states; give smaller constants, or leave its properties out");
    return static_cast<Number>(number);
  }

  void begin(Number initial) { initial_.push_back(initial); }

  // What a property, by its place among all, says of the state: two bits for each.
  static void value(Expanded& row, size_t property, uint32_t found) {
    const size_t bit = property * 2;
    if (row.bits.size() <= bit / 64) row.bits.resize(bit / 64 + 1);
    row.bits[bit / 64] |= uint64_t{found} << bit % 64;
  }

  static void step(Expanded& row, Number target, uint32_t label) { row.inside.push_back(uint64_t{target} << 32 | label); }

  // Writes the row of a state, unless so many properties have their goal there and nothing is asked of what comes after; with 0 always.
  void write(Expanded& row, Ref state, size_t properties) {
    if (properties > 0 && all_met(row, properties)) return;
    const uint64_t index = state & ((uint64_t{1} << kIndexBits) - 1);
    row.source = static_cast<Number>(index * workers_ + (state >> kIndexBits));
    rows_.append(row);
  }

  uint64_t bytes() const noexcept { return rows_.bytes() + initial_.capacity() * sizeof(Number); }
  const RowLog& rows() const noexcept { return rows_; }
  const std::vector<Number>& initial() const noexcept { return initial_; }

 private:
  static bool all_met(const Expanded& row, size_t properties) noexcept {
    for (size_t i = 0; i < properties; ++i) {
      if ((row.bits[i * 2 / 64] >> i * 2 % 64 & kGoal) == 0) return false;
    }
    return true;
  }

  uint64_t worker_;
  uint64_t workers_;
  RowLog rows_;
  std::vector<Number> initial_;  // The initial states that this worker stored.
};

}  // namespace modelcheck
