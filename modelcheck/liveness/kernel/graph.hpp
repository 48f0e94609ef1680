// The states that were expanded and the steps between them, for reading.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "rows.hpp"

namespace modelcheck {

// A set of states, one bit each.
class StateSet {
 public:
  explicit StateSet(Number size = 0) : words_((size_t{size} + 63) / 64) {}

  bool has(Number state) const noexcept { return (words_[state / 64] >> state % 64 & 1) != 0; }
  void add(Number state) noexcept { words_[state / 64] |= uint64_t{1} << state % 64; }
  void remove(Number state) noexcept { words_[state / 64] &= ~(uint64_t{1} << state % 64); }

  template <typename Each>
  void each(Each&& visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t bits = words_[i]; bits != 0; bits &= bits - 1) visit(static_cast<Number>(i * 64 + static_cast<size_t>(__builtin_ctzll(bits))));
    }
  }

 private:
  std::vector<uint64_t> words_;
};

// Refers to the rows of all workers, which must stay as they are as long as this object lives. Takes five bytes per number.
class Graph {
 public:
  // States have numbers below `numbers`; those without a row were not expanded.
  Graph(const std::vector<const RowLog*>& logs, std::vector<Number> initial, Number numbers) : size_(numbers), initial_(std::move(initial)) {
    where_.assign(size_t{size_} * kPlace + 8, 0xff);
    for (const RowLog* log : logs) {
      if (log->rows() > 0 && log->most() >= size_) throw std::invalid_argument("a step leads to a state that has no such number");
      Number expected = 0;
      for (const RowLog::Block& block : log->blocks()) {
        blocks_.push_back(block.bytes.get());
        if (blocks_.size() >= size_t{1} << 20) throw std::overflow_error("the steps of the states take more than a terabyte");
        index(block, expected, log->stride());
      }
    }
    for (const Number state : initial_) {
      if (state >= size_) throw std::invalid_argument("an initial state has no such number");
    }
  }

  Number size() const noexcept { return size_; }
  uint64_t rows() const noexcept { return rows_; }
  const std::vector<Number>& initial() const noexcept { return initial_; }

  bool has(Number state) const noexcept { return state < size_ && place(state) != kNowhere; }

  // The state must have been expanded.
  Row row(Number state) const noexcept {
    const uint64_t found = place(state);
    const uint8_t* at = blocks_[found >> 20] + (found & (RowLog::kBlock - 1));
    const uint64_t header = get_varint(at);
    if ((header & 1) != 0) get_varint(at);
    return {at, at + (header >> 1), state};
  }

  void prefetch(Number state) const noexcept { __builtin_prefetch(where_.data() + size_t{state} * kPlace); }

  // All rows, in the order in which they were written.
  template <typename Each>
  void each(Each&& visit) const {
    for (Number state = 0; state < size_; ++state) {
      if (place(state) != kNowhere) visit(row(state));
    }
  }

  // Which of some groups of labels have no step. Stops as soon as all have one.
  std::vector<uint32_t> without_step(const std::vector<uint32_t>& group_of, uint32_t groups) const {
    std::vector<bool> met(groups);
    uint32_t left = groups;
    for (Number state = 0; state < size_ && left > 0; ++state) {
      if (place(state) == kNowhere) continue;
      Steps steps(row(state));
      for (Edge edge{}; steps.next(edge);) {
        const uint32_t group = edge.label < group_of.size() ? group_of[edge.label] : groups;
        if (group >= groups || met[group]) continue;
        met[group] = true;
        --left;
      }
    }
    std::vector<uint32_t> found;
    for (uint32_t group = 0; group < groups; ++group) {
      if (!met[group]) found.push_back(group);
    }
    return found;
  }

 private:
  static constexpr size_t kPlace = 5;
  static constexpr uint64_t kNowhere = (uint64_t{1} << 40) - 1;

  uint64_t place(Number state) const noexcept {
    uint64_t word;
    std::memcpy(&word, where_.data() + size_t{state} * kPlace, 8);
    return word & kNowhere;
  }

  void index(const RowLog::Block& block, Number& expected, uint32_t stride) {
    const uint8_t* begin = block.bytes.get();
    for (const uint8_t* at = begin; at != begin + block.used;) {
      const uint64_t place = uint64_t{blocks_.size() - 1} << 20 | static_cast<uint64_t>(at - begin);
      const uint64_t header = get_varint(at);
      if ((header & 1) != 0) expected = static_cast<Number>(expected + unzigzag(get_varint(at)));
      at += header >> 1;
      if (expected >= size_) throw std::invalid_argument("a row belongs to no state");
      for (size_t i = 0; i < kPlace; ++i) where_[size_t{expected} * kPlace + i] = static_cast<uint8_t>(place >> 8 * i);
      ++rows_;
      expected += stride;
    }
  }

  Number size_;
  uint64_t rows_ = 0;
  std::vector<Number> initial_;
  std::vector<const uint8_t*> blocks_;  // Of all logs.
  std::vector<uint8_t> where_;          // For each number five bytes: the block << 20 | the offset of its row; all ones if it has none.
};

}  // namespace modelcheck
