// The children of a tree's node, and the tables from ids to ids: arrays that grow while others read them.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "memory.hpp"

namespace modelcheck {

// What a slot of a node holds: nothing, a leaf without writes, or a pointer with a tag in its low bits.
using Word = uint64_t;
constexpr Word kMissing = 0;
constexpr Word kDisabled = 1;
constexpr Word kTrue = 2;
constexpr Word kFalse = 3;
constexpr Word kLeafTag = 4;
constexpr Word kCutTag = 5;   // A leaf where a bound cuts the step.
constexpr Word kNodeTag = 6;
constexpr Word kReadTag = 7;  // A node that reads a plain id.
constexpr Word kTagMask = 7;

// One generation of a node's children. Keys are small and dense as a rule, so a key is an index; where they are not (few keys of a wide cell, content keys of a
// collection), the same word array holds (word, key) pairs in open addressing. A slot changes once, from missing to its word; a full generation is
// replaced by a larger one and stays readable, so that readers need no lock.
struct Children {
  uint32_t dense;   // Number of slots indexed by key; 0 in a hashed generation.
  uint32_t hashed;  // Number of pairs, a power of two; 0 in a dense generation.

  std::atomic<Word>* words() noexcept { return reinterpret_cast<std::atomic<Word>*>(this + 1); }
  const std::atomic<Word>* words() const noexcept { return reinterpret_cast<const std::atomic<Word>*>(this + 1); }

  Word find(uint64_t key) const noexcept {
    if (key < dense) return words()[key].load(std::memory_order_acquire);
    return hashed == 0 ? kMissing : find_hashed(key);
  }

  // Needs key < dense, or a free pair.
  void put(uint64_t key, Word word) noexcept {
    if (key < dense) {
      words()[key].store(word, std::memory_order_release);
      return;
    }
    uint64_t i = first(key);
    while (words()[2 * i].load(std::memory_order_relaxed) != kMissing) i = (i + 1) & (hashed - 1);
    words()[2 * i + 1].store(key, std::memory_order_relaxed);
    words()[2 * i].store(word, std::memory_order_release);
  }

 private:
  uint64_t first(uint64_t key) const noexcept { return ((key ^ (key >> 32)) * 0x9e3779b97f4a7c15u >> 32) & (hashed - 1); }

  // At least a quarter of the pairs is free, so the search ends.
  Word find_hashed(uint64_t key) const noexcept {
    for (uint64_t i = first(key);; i = (i + 1) & (hashed - 1)) {
      const Word word = words()[2 * i].load(std::memory_order_acquire);
      if (word == kMissing || words()[2 * i + 1].load(std::memory_order_relaxed) == key) return word;
    }
  }
};

static_assert(sizeof(Children) == 8, "the words follow the header");

// The present generation and what is needed to make the next. One writer, any number of readers.
class ChildTable {
 public:
  Word find(uint64_t key) const noexcept { return present_.load(std::memory_order_acquire)->find(key); }

  // Needs a key that is not there yet.
  void put(uint64_t key, Word word, Arena& arena) {
    Children* present = present_.load(std::memory_order_relaxed);
    const bool fits = key < present->dense || (present->hashed != 0 && (uint64_t{used_} + 1) * 4 <= uint64_t{present->hashed} * 3);
    if (!fits) present = enlarge(*present, key, arena);
    present->put(key, word);
    ++used_;
    largest_ = key > largest_ ? key : largest_;
    present_.store(present, std::memory_order_release);
  }

 private:
  inline static Children nothing_{0, 0};

  static uint64_t power_of_two(uint64_t at_least) noexcept {
    uint64_t power = 4;
    while (power < at_least) power *= 2;
    return power;
  }

  // A dense generation may be at most eight times as long as it has children, or a node per value of a wide cell would each hold an array over all values of another.
  Children* enlarge(const Children& old, uint64_t key, Arena& arena) const {
    const uint64_t largest = key > largest_ ? key : largest_;
    const uint64_t count = uint64_t{used_} + 1;
    const bool dense = largest < 16 || (largest < (uint64_t{1} << 31) && largest < count * 8);
    const uint64_t size = dense ? power_of_two(largest + 1) : power_of_two(count * 2);
    auto* larger = static_cast<Children*>(arena.allocate(sizeof(Children) + size * (dense ? 8 : 16)));
    larger->dense = dense ? static_cast<uint32_t>(size) : 0;
    larger->hashed = dense ? 0 : static_cast<uint32_t>(size);
    copy(old, *larger);
    return larger;
  }

  static void copy(const Children& from, Children& to) noexcept {
    for (uint64_t i = 0; i < from.dense; ++i) {
      const Word word = from.words()[i].load(std::memory_order_relaxed);
      if (word != kMissing) to.put(i, word);
    }
    for (uint64_t i = 0; i < from.hashed; ++i) {
      const Word word = from.words()[2 * i].load(std::memory_order_relaxed);
      if (word != kMissing) to.put(from.words()[2 * i + 1].load(std::memory_order_relaxed), word);
    }
  }

  std::atomic<Children*> present_{&nothing_};
  uint32_t used_ = 0;     // Children there.
  uint64_t largest_ = 0;  // The largest key among them.
};

// A function from ids to ids, known on the ids met so far: a projection, or what an update makes of the old id.
class IdTable {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  explicit IdTable(uint32_t index) noexcept : index_(index) {}

  // The place among the projections or updates of the space.
  uint32_t index() const noexcept { return index_; }

  // Results are kept as words above the tags, so that 0 can mean missing here too.
  uint32_t find(uint32_t id) const noexcept {
    const Word word = results_.find(id);
    return word == kMissing ? kUnknown : static_cast<uint32_t>(word - 1);
  }

  void put(uint32_t id, uint32_t result, Arena& arena) { results_.put(id, Word{result} + 1, arena); }

 private:
  ChildTable results_;
  uint32_t index_;
};

}  // namespace modelcheck
