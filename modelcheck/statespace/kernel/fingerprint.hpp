// The number that one cell adds to a fingerprint.
#pragma once

#include <cstdint>

namespace modelcheck {

// A fingerprint is the sum of these over the cells of a state, so a successor's needs only the cells that changed. The mixer is the finalizer of
// splitmix64, run twice: it is a bijection of the pair, and the second round leaves no structure that sums over neighbouring cells could expose.
inline uint64_t mix(uint32_t cell, uint32_t id) noexcept {
  if (id == 0) return 0;
  uint64_t x = (uint64_t{cell} << 32 | id) + 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93u;
  x = (x ^ (x >> 29)) * 0xff51afd7ed558ccdu;
  return x ^ (x >> 32);
}

// splitmix64, the generator of random walks and of the table's benchmark.
class Random {
 public:
  explicit Random(uint64_t seed) noexcept : state_(seed) {}

  uint64_t next() noexcept {
    uint64_t x = state_ += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  }

  // A number below `bound`; the bias of at most bound / 2**64 does not show.
  uint64_t below(uint64_t bound) noexcept { return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64); }

 private:
  uint64_t state_;  // Any value is a good one.
};

}  // namespace modelcheck
