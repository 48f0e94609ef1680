// Renamings, and what they make of cells with ids, of states and of steps.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace modelcheck {

// A permutation of the names: its number where all are listed, and what it makes of each name.
struct Renaming {
  uint32_t index = 0;
  std::vector<uint32_t> to;
};

// What the renamings make of one (cell, id): the pairs that it becomes, and what each of them adds to a fingerprint. Where all renamings are listed there is one for
// each of them. Else the pair mentions one name at most, and there is one for each name of its block that may take its place.
struct Images {
  uint32_t name;   // The one that is mentioned; kNoName for none, and where all renamings are listed.
  uint32_t first;  // The first name of its block.
  uint64_t own;    // What it adds to the signature of the name: the same for all pairs that differ in the name alone.
  uint32_t count;  // Of the pairs.

  const uint64_t* numbers() const noexcept { return reinterpret_cast<const uint64_t*>(this + 1); }
  uint64_t* numbers() noexcept { return reinterpret_cast<uint64_t*>(this + 1); }
  const uint64_t* places() const noexcept { return numbers() + count; }  // Each cell << 32 | id.
  uint64_t* places() noexcept { return numbers() + count; }
};

static_assert(sizeof(Images) % 8 == 0, "the numbers follow the row");

// What is summed over the pairs of a state: its fingerprint under each renaming, or the signature of each name.
struct Orbit {
  std::vector<uint64_t> sums;
  std::vector<const Images*> rows;  // Of the pairs that were summed.
  uint64_t rest = 0;   // Of signatures: what no name is mentioned in,
  uint64_t total = 0;  // and the sum of the scrambled signatures.
};

// A renamed state: its fingerprint, and a sum over its successors, in which each counts by its fingerprint and by the action that leads to it.
struct Renamed {
  uint64_t fingerprint = 0;
  uint64_t successors = 0;
};

// The rows that a step loses and gains.
using Changes = std::vector<std::pair<const Images*, const Images*>>;

uint64_t scramble(uint64_t x) noexcept;

// What a successor adds to the sum of a renamed state; a step that a bound cuts leads nowhere.
inline uint64_t successor(uint32_t family, uint64_t fingerprint) noexcept { return scramble(fingerprint + scramble(uint64_t{1} << 32 | family)); }
inline uint64_t cut(uint32_t family) noexcept { return scramble(scramble(uint64_t{2} << 32 | family)); }

inline uint64_t scramble(uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace modelcheck
