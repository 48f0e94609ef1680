// How many states sets have, exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nodes.hpp"

namespace modelcheck {

// Remembers the counts of all sets that were met, for as long as these keep their numbers.
class Counting {
 public:
  explicit Counting(const Nodes& nodes) : nodes_(nodes) {}

  // How many states there are, as a number in words of 64 bits, the lowest first.
  std::vector<uint64_t> count(Set set) {
    for (;;) {
      try {
        const auto place = static_cast<std::ptrdiff_t>(counted(set));
        const auto first = counts_.begin() + place;
        return {first, first + words_};
      } catch (const Overflow&) {
        words_ *= 2;
        forget();
      }
    }
  }

  // Sets have other numbers now.
  void forget() {
    counts_.assign(2 * words_, 0);
    counts_[words_] = 1;
    count_of_.clear();
  }

  uint64_t bytes() const noexcept { return counts_.capacity() * 8 + count_of_.capacity() * 8; }

 private:
  struct Overflow {};

  // Where the number of states is among the counts.
  uint64_t counted(Set set) {
    if (counts_.empty()) forget();
    count_of_.resize(nodes_.size());
    count_of_[kZero] = words_;
    todo_.assign(1, set);
    while (!todo_.empty()) {
      const Set top = todo_.back();
      const SetNode& node = nodes_.at(top);
      if (top <= kZero || count_of_[top] != 0) {
        todo_.pop_back();
      } else if (count_of_[node.with] != 0 && (node.without == kNothing || count_of_[node.without] != 0)) {
        count_of_[top] = added(count_of_[node.with], count_of_[node.without]);
        todo_.pop_back();
      } else {
        todo_.push_back(node.with);
        todo_.push_back(node.without);
      }
    }
    return count_of_[set];
  }

  uint64_t added(uint64_t a, uint64_t b) {
    const uint64_t sum = counts_.size();
    counts_.resize(counts_.size() + words_);
    unsigned __int128 carry = 0;
    for (uint32_t i = 0; i < words_; ++i) {
      carry += counts_[a + i];
      carry += counts_[b + i];
      counts_[sum + i] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    if (carry != 0) throw Overflow();
    return sum;
  }

  const Nodes& nodes_;
  uint32_t words_ = 1;  // That a count takes.
  std::vector<uint64_t> counts_;
  std::vector<uint64_t> count_of_;  // By set where its count is; 0 where it is not known.
  std::vector<Set> todo_;
};

}  // namespace modelcheck
