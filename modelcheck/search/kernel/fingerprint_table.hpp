// The set of fingerprints seen so far.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "modelcheck/statespace/kernel/fingerprint.hpp"
#include "modelcheck/statespace/kernel/memory.hpp"

namespace modelcheck {

// Open addressing over buckets of one cache line. A fingerprint's bucket is the upper half of fingerprint * buckets, which allows any number of buckets and keeps
// the order of fingerprints, so growing reads and writes memory sequentially. Within the bucket the search begins at a slot that the low bits name and
// wraps, which ends most searches at the first or second slot; a full bucket overflows into the next. Nothing is ever removed. Where states have numbers, those stand
// in a parallel array.
class FingerprintTable {
 public:
  using Slot = std::atomic<uint64_t>;

  // Where a search ended: at the fingerprint, or at the empty slot where it belongs.
  struct Place {
    Slot* slot;
    uint32_t buckets;  // Cache lines visited.
    bool found;
  };

  explicit FingerprintTable(uint64_t slots, bool numbered = false) : FingerprintTable(std::nothrow, slots, numbered) {
    if (!allocated()) throw std::bad_alloc();
  }

  void prefetch(uint64_t fingerprint) const noexcept {
    const uint64_t index = bucket_of(key(fingerprint));
    __builtin_prefetch(bucket(index), 1);
    if (numbered_) __builtin_prefetch(numbers() + index * kBucketSlots, 1);
  }

  // There is always an empty slot to end at, since callers reserve room before they claim.
  Place find(uint64_t fingerprint) const noexcept {
    const uint64_t wanted = key(fingerprint);
    const uint64_t start = bucket_of(wanted);
    Slot* slots = bucket(start);
    for (uint32_t i = 0; i < kBucketSlots; ++i) {
      Slot* slot = slots + ((wanted + i) & (kBucketSlots - 1));
      const uint64_t present = slot->load(std::memory_order_acquire);
      if (present == wanted) return {slot, 1, true};
      if (present == 0) return {slot, 1, false};
    }
    return find_beyond(wanted, start);
  }

  // The number of a fingerprint that was found. One that another thread has just claimed gets its number in a moment.
  uint32_t number(Place place) const noexcept {
    const std::atomic<uint32_t>& kept = numbers()[place.slot - bucket(0)];
    for (;;) {
      const uint32_t found = kept.load(std::memory_order_acquire);
      if (found != 0) return found - 1;
    }
  }

  // Calls `visit` with the key and the number of each fingerprint, with no claim under way.
  template <typename Visit>
  void each(Visit&& visit) const {
    for (uint64_t i = 0; i < slots(); ++i) {
      const uint64_t present = bucket(0)[i].load(std::memory_order_relaxed);
      if (present != 0) visit(present, numbers()[i].load(std::memory_order_relaxed) - 1);
    }
  }

  template <typename Visit>
  void each_key(Visit&& visit) const {
    for (uint64_t i = 0; i < slots(); ++i) {
      const uint64_t present = bucket(0)[i].load(std::memory_order_relaxed);
      if (present != 0) visit(present);
    }
  }

  // What the table keeps of a fingerprint.
  static uint64_t key(uint64_t fingerprint) noexcept { return fingerprint == 0 ? kZero : fingerprint; }

  // Puts the fingerprint, and its number, at the place where `find` missed it. False when another thread has put the same one first. What a thread knew when it claimed
  // a fingerprint is visible to whoever finds it.
  template <bool Shared>
  bool claim(Place place, uint64_t fingerprint, uint32_t number = 0) noexcept {
    if constexpr (Shared) {
      uint64_t empty = 0;
      while (!place.slot->compare_exchange_strong(empty, key(fingerprint), std::memory_order_acq_rel)) {
        place = find(fingerprint);
        if (place.found) return false;
        empty = 0;
      }
    } else {
      place.slot->store(key(fingerprint), std::memory_order_relaxed);
    }
    if (numbered_) numbers()[place.slot - bucket(0)].store(number + 1, std::memory_order_release);
    if (place.buckets > longest_probe_.load(std::memory_order_relaxed)) note_probe(place.buckets);
    return true;
  }

  // Room for up to `wanted` more fingerprints: how many of them the load limit still allows, or another one that `spare` places lie below. Exact, whatever the
  // number of threads.
  uint64_t reserve(uint64_t wanted, bool spare = false) noexcept {
    const uint64_t most = spare ? slots() / 16 * 15 : limit();
    uint64_t reserved = reserved_.load(std::memory_order_relaxed);
    for (;;) {
      const uint64_t room = most > reserved ? most - reserved : 0;
      const uint64_t granted = wanted < room ? wanted : room;
      if (granted == 0) return 0;
      if (reserved_.compare_exchange_weak(reserved, reserved + granted, std::memory_order_relaxed)) return granted;
    }
  }

  // No other thread may use the table meanwhile. False when the machine refuses the memory; the table is then as before. Most of the time goes into pages of the new
  // region that are touched first, so it is done by as many threads as the search has; each moves its part of the slots, in their order.
  bool grow(uint64_t slots, uint32_t threads) noexcept {
    FingerprintTable larger(std::nothrow, slots, numbered_);
    if (!larger.allocated()) return false;
    if (threads < 2) {
      move_to<false>(larger, 0, this->slots());
    } else {
      move_by(larger, threads);
    }
    std::swap(region_, larger.region_);
    std::swap(numbers_, larger.numbers_);
    buckets_ = larger.buckets_;
    longest_probe_.store(larger.longest_probe());
    return true;
  }

  // A size that makes room without wasting much of it: a small table may be half empty, a large one costs at most 16 bytes per fingerprint.
  uint64_t next_size() const noexcept {
    if (bytes() < (uint64_t{8} << 20)) return slots() * 4;
    return slots() / 8 * 13;
  }

  uint64_t bytes_for(uint64_t slots) const noexcept { return buckets_for(slots) * bucket_bytes(); }
  uint64_t slots() const noexcept { return buckets_ * kBucketSlots; }
  uint64_t bytes() const noexcept { return buckets_ * bucket_bytes(); }
  uint64_t limit() const noexcept { return slots() / 16 * 13; }
  bool full() const noexcept { return reserved_.load(std::memory_order_relaxed) >= limit(); }
  uint32_t longest_probe() const noexcept { return longest_probe_.load(std::memory_order_relaxed); }

 private:
  static constexpr uint64_t kBucketSlots = 8;
  static constexpr uint64_t kBucketBytes = 64;
  static constexpr uint64_t kZero = 0x5bd1e9955bd1e995u;  // Stands for fingerprint 0, since 0 marks an empty slot.

  FingerprintTable(std::nothrow_t, uint64_t slots, bool numbered) noexcept
      : numbered_(numbered), region_(Region::huge(buckets_for(slots) * kBucketBytes)), buckets_(buckets_for(slots)) {
    if (numbered_) numbers_ = Region::huge(buckets_ * kBucketSlots * sizeof(uint32_t));
  }

  bool allocated() const noexcept { return region_ && (!numbered_ || numbers_); }
  uint64_t bucket_bytes() const noexcept { return kBucketBytes + (numbered_ ? kBucketSlots * sizeof(uint32_t) : 0); }
  static uint64_t buckets_for(uint64_t slots) noexcept { return slots < 16 ? 2 : (slots + kBucketSlots - 1) / kBucketSlots; }
  uint64_t bucket_of(uint64_t wanted) const noexcept { return static_cast<uint64_t>((static_cast<unsigned __int128>(wanted) * buckets_) >> 64); }
  Slot* bucket(uint64_t index) const noexcept { return static_cast<Slot*>(region_.data()) + index * kBucketSlots; }

  // Puts the fingerprints of some slots into a larger table.
  template <bool Shared>
  void move_to(FingerprintTable& larger, uint64_t begin, uint64_t end) const noexcept {
    for (uint64_t i = begin; i < end; ++i) {
      const uint64_t present = bucket(0)[i].load(std::memory_order_relaxed);
      if (present == 0) continue;
      const uint32_t number = numbered_ ? numbers()[i].load(std::memory_order_relaxed) - 1 : 0;
      larger.claim<Shared>(larger.find(present), present, number);
    }
  }

  // The same for all slots, by several threads. What a thread would have done that the machine refuses is done by this one.
  void move_by(FingerprintTable& larger, uint32_t threads) const noexcept {
    const uint64_t share = slots() / threads;
    std::vector<std::thread> others;
    uint32_t started = 1;
    try {
      others.reserve(threads - 1);
      for (; started < threads; ++started) {
        others.emplace_back([this, &larger, begin = started * share, end = started + 1 == threads ? slots() : (started + 1) * share] {
          move_to<true>(larger, begin, end);
        });
      }
    } catch (...) {
      move_to<true>(larger, started * share, slots());
    }
    move_to<true>(larger, 0, share);
    for (std::thread& other : others) other.join();
  }

  Place find_beyond(uint64_t wanted, uint64_t start) const noexcept {
    uint64_t index = start;
    for (uint32_t visited = 2;; ++visited) {
      index = index + 1 == buckets_ ? 0 : index + 1;
      Slot* slots = bucket(index);
      for (uint32_t i = 0; i < kBucketSlots; ++i) {
        Slot* slot = slots + ((wanted + i) & (kBucketSlots - 1));
        const uint64_t present = slot->load(std::memory_order_acquire);
        if (present == wanted) return {slot, visited, true};
        if (present == 0) return {slot, visited, false};
      }
    }
  }

  void note_probe(uint32_t buckets) noexcept {
    uint32_t longest = longest_probe_.load(std::memory_order_relaxed);
    while (longest < buckets && !longest_probe_.compare_exchange_weak(longest, buckets, std::memory_order_relaxed)) {
    }
  }

  std::atomic<uint32_t>* numbers() const noexcept { return static_cast<std::atomic<uint32_t>*>(numbers_.data()); }

  bool numbered_;                           // Whether fingerprints have numbers.
  Region numbers_;                          // For each slot the number plus one; 0 until it is known.
  Region region_;                           // buckets_ lines of 8 fingerprints; 0 is an empty slot.
  uint64_t buckets_ = 0;                    // At least 2.
  std::atomic<uint64_t> reserved_{0};       // Fingerprints present or promised room; at most limit().
  std::atomic<uint32_t> longest_probe_{0};  // The most cache lines that an insertion visited.
};

static_assert(std::atomic<uint64_t>::is_always_lock_free && sizeof(std::atomic<uint64_t>) == 8, "the table is an array of plain words");

}  // namespace modelcheck
