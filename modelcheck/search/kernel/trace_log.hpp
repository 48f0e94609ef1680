// How each state was reached.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <vector>

namespace modelcheck {

// Names a stored state: the worker that stored it and its place in that worker's log.
using Ref = uint64_t;
constexpr uint32_t kRefBits = 40;
constexpr uint32_t kIndexBits = 34;
constexpr Ref kVoid = (Ref{1} << kRefBits) - 1;  // The state before the initial ones.
constexpr uint32_t kMaxWorkers = (1u << (kRefBits - kIndexBits)) - 1;
constexpr uint32_t kOrdinalBits = 24;

// One word per state: its parent, and which successor of the parent it is, counting the leaves of a walk over all actions.
struct Origin {
  Ref parent;
  uint32_t ordinal;
};

// The log of one worker, in blocks so that growing copies nothing.
class TraceLog {
 public:
  explicit TraceLog(uint32_t worker) noexcept : first_(Ref{worker} << kIndexBits) {}

  Ref append(Origin origin) {
    return append_entry(origin.parent << kOrdinalBits | origin.ordinal);
  }

  // As `each` gives it.
  Ref append_entry(uint64_t entry) {
    if (size_ == uint64_t{1} << kIndexBits) throw std::overflow_error("a worker's log holds at most 2**34 states");
    if (size_ / kBlock == blocks_.size()) blocks_.emplace_back(new uint64_t[kBlock]);
    blocks_[size_ / kBlock][size_ % kBlock] = entry;
    return first_ + size_++;
  }

  template <typename Visit>
  void each(Visit&& visit) const {
    for (uint64_t i = 0; i < size_; ++i) visit(blocks_[i / kBlock][i % kBlock]);
  }

  Origin at(uint64_t index) const {
    if (index >= size_) throw std::invalid_argument("no such state in the log");
    const uint64_t entry = blocks_[index / kBlock][index % kBlock];
    return {entry >> kOrdinalBits, static_cast<uint32_t>(entry & ((1u << kOrdinalBits) - 1))};
  }

  uint64_t size() const noexcept { return size_; }
  Ref next() const noexcept { return first_ + size_; }

  // Forgets the newest entries; their memory serves the next.
  void truncate(uint64_t size) noexcept { size_ = size; }

  uint64_t bytes() const noexcept { return blocks_.size() * kBlock * 8; }

 private:
  static constexpr uint64_t kBlock = uint64_t{1} << 14;

  std::vector<std::unique_ptr<uint64_t[]>> blocks_;  // kBlock entries each: parent << 24 | ordinal.
  uint64_t size_ = 0;
  Ref first_;  // Of entry 0.
};

}  // namespace modelcheck
