// The states that explain what was observed so far, and how each was come to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "modelcheck/statespace/kernel/codec.hpp"

namespace modelcheck {

// How states were reached: a tree of paths taken, of which only what leads to states that are kept is kept.
class Origins {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // The origin belongs to the caller, who drops it.
  uint32_t add(uint32_t above, uint32_t path) {
    if (above != kNone) ++at_[above].owners;
    if (free_.empty()) {
      if (at_.size() == kNone) throw std::overflow_error("too many states are kept");
      at_.push_back({above, path, 1});
      return static_cast<uint32_t>(at_.size() - 1);
    }
    const uint32_t origin = free_.back();
    free_.pop_back();
    at_[origin] = {above, path, 1};
    return origin;
  }

  void share(uint32_t origin) noexcept { ++at_[origin].owners; }

  void drop(uint32_t origin) {
    while (origin != kNone && --at_[origin].owners == 0) {
      free_.push_back(origin);
      origin = at_[origin].above;
    }
  }

  // The numbers on the way to it, that of the initial state first.
  std::vector<uint32_t> way(uint32_t origin) const {
    std::vector<uint32_t> found;
    for (; origin != kNone; origin = at_[origin].above) found.push_back(at_[origin].path);
    std::reverse(found.begin(), found.end());
    return found;
  }

 private:
  struct Origin {
    uint32_t above;   // kNone for an initial state.
    uint32_t path;    // Of the step taken; for an initial state its number.
    uint32_t owners;  // The states kept that it is the origin of, and the origins below it.
  };

  std::vector<Origin> at_;
  std::vector<uint32_t> free_;
};

// Encoded states with their origins.
struct Layer {
  std::vector<uint8_t> bytes;
  std::vector<size_t> begins;
  std::vector<uint32_t> origins;

  size_t size() const noexcept { return origins.size(); }
  const uint8_t* state(size_t i) const noexcept { return bytes.data() + begins[i]; }

  uint64_t fingerprint(size_t i) const noexcept {
    uint64_t found;
    std::memcpy(&found, state(i), 8);
    return found;
  }

  void push(const Codec& codec, const State& state, uint64_t fingerprint, uint32_t origin) {
    const size_t begin = bytes.size();
    bytes.resize(begin + codec.bound(state));
    bytes.resize(static_cast<size_t>(codec.encode(state, fingerprint, bytes.data() + begin) - bytes.data()));
    begins.push_back(begin);
    origins.push_back(origin);
  }

  void clear() noexcept {
    bytes.clear();
    begins.clear();
    origins.clear();
  }
};

}  // namespace modelcheck
