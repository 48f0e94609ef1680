// The states that wait to be expanded.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "modelcheck/statespace/kernel/codec.hpp"
#include "trace_log.hpp"

namespace modelcheck {

// Encoded states, one after the other, all stored by one worker in a row: the reference of each follows from the first one's.
struct Chunk {
  std::unique_ptr<uint8_t[]> bytes;
  size_t capacity = 0;
  size_t used = 0;
  uint32_t states = 0;
  Ref first = 0;  // The first state's.
};

// Chunks in use and free ones. A chunk that has been read serves the next writer, so a level costs little more than what has not been read of it.
class ChunkPool {
 public:
  Chunk take(size_t at_least) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (at_least <= kBytes && !free_.empty()) {
      Chunk chunk = std::move(free_.back());
      free_.pop_back();
      return chunk;
    }
    Chunk chunk;
    chunk.capacity = at_least > kBytes ? at_least : kBytes;
    chunk.bytes.reset(new uint8_t[chunk.capacity]);
    bytes_ += chunk.capacity;
    return chunk;
  }

  void give_back(Chunk&& chunk) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (chunk.capacity == 0) return;
    chunk.used = 0;
    chunk.states = 0;
    if (chunk.capacity == kBytes) {
      free_.push_back(std::move(chunk));
    } else {
      bytes_ -= chunk.capacity;
      chunk = Chunk();
    }
  }

  uint64_t bytes() const noexcept {
    const std::lock_guard<std::mutex> lock(mutex_);
    return bytes_;
  }

 private:
  // A few hundred states: two workers share a small level, and taking a chunk costs nothing beside expanding it.
  static constexpr size_t kBytes = 16 << 10;

  mutable std::mutex mutex_;
  std::vector<Chunk> free_;
  uint64_t bytes_ = 0;  // Of all chunks, in use and free.
};

// The chunks of the present level, taken by any worker in order.
class Level {
 public:
  // False when no chunk is left.
  bool take(Chunk& chunk) noexcept {
    if (held()) return false;
    const size_t i = next_.fetch_add(1, std::memory_order_relaxed);
    if (i >= chunks_.size()) return false;
    chunk = std::move(chunks_[i]);
    return true;
  }

  // With all workers at rest. False when there is nothing in the new level.
  bool replace(std::vector<Chunk>&& chunks) noexcept {
    chunks_ = std::move(chunks);
    next_.store(0, std::memory_order_relaxed);
    return !chunks_.empty();
  }

  // While it is held, no chunk is taken: workers end the one that they have, and then find the level done.
  void hold(bool held) noexcept { held_.store(held, std::memory_order_relaxed); }
  bool held() const noexcept { return held_.load(std::memory_order_relaxed); }

  // What has not been taken, with all workers at rest: they have nothing else of the level then.
  struct Rest {
    const Chunk* first;
    const Chunk* last;

    const Chunk* begin() const noexcept { return first; }
    const Chunk* end() const noexcept { return last; }
    size_t size() const noexcept { return static_cast<size_t>(last - first); }
  };
  Rest rest() const noexcept {
    const size_t taken = next_.load(std::memory_order_relaxed);
    return {chunks_.data() + (taken < chunks_.size() ? taken : chunks_.size()), chunks_.data() + chunks_.size()};
  }

 private:
  std::vector<Chunk> chunks_;  // Those before next_ are empty.
  std::atomic<size_t> next_{0};
  std::atomic<bool> held_{false};
};

// A state as the frontier gives it.
struct Waiting {
  Ref ref;
  uint32_t depth;  // Of the state; 0 for the void state.
};

// One worker's part in a level: the chunk that it reads and those that it writes for the next level.
class Queue {
 public:
  Queue(const Codec& codec, ChunkPool& pool) noexcept : codec_(codec), pool_(pool) {}

  void push(const State& state, uint64_t fingerprint, Ref ref) {
    const size_t bound = codec_.bound(state);
    if (written_.empty() || written_.back().capacity - written_.back().used < bound) open(bound, ref);
    Chunk& chunk = written_.back();
    chunk.used = static_cast<size_t>(codec_.encode(state, fingerprint, chunk.bytes.get() + chunk.used) - chunk.bytes.get());
    ++chunk.states;
  }

  // The bytes of the next state of the level, null when there is none. They stay valid until the next call.
  const uint8_t* peek(Level& level) {
    if (taken_ < read_.states) return read_.bytes.get() + offset_;
    pool_.give_back(std::move(read_));
    read_ = Chunk();
    taken_ = 0;
    offset_ = 0;
    return level.take(read_) ? read_.bytes.get() : nullptr;
  }

  // Passes over the state that `peek` gave, which ends at `end`.
  Ref pop(const uint8_t* end) noexcept {
    offset_ = static_cast<size_t>(end - read_.bytes.get());
    return read_.first + taken_++;
  }

  std::vector<Chunk> release() noexcept { return std::exchange(written_, {}); }

 private:
  void open(size_t bound, Ref ref) {
    written_.push_back(pool_.take(bound));
    written_.back().first = ref;
  }

  const Codec& codec_;
  ChunkPool& pool_;
  std::vector<Chunk> written_;  // For the next level; the last one has room.
  Chunk read_;
  uint32_t taken_ = 0;  // States of read_ that are passed.
  size_t offset_ = 0;   // Where the next one begins.
};

// Last in, first out, for depth-first search.
class Stack {
 public:
  explicit Stack(const Codec& codec) noexcept : codec_(codec) {}

  void push(const State& state, uint64_t fingerprint, Waiting waiting) {
    const size_t begin = used_;
    if (bytes_.size() < begin + codec_.bound(state)) bytes_.resize((begin + codec_.bound(state)) * 2);
    used_ = static_cast<size_t>(codec_.encode(state, fingerprint, bytes_.data() + begin) - bytes_.data());
    entries_.push_back({begin, waiting});
  }

  bool empty() const noexcept { return entries_.empty(); }

  // The bytes of the newest state, valid until the next push.
  std::pair<const uint8_t*, Waiting> pop() noexcept {
    const Entry entry = entries_.back();
    entries_.pop_back();
    used_ = entry.begin;
    return {bytes_.data() + entry.begin, entry.waiting};
  }

  uint64_t bytes() const noexcept { return bytes_.capacity() + entries_.capacity() * sizeof(Entry); }

 private:
  struct Entry {
    size_t begin;  // Offset of the state in bytes_.
    Waiting waiting;
  };

  const Codec& codec_;
  std::vector<uint8_t> bytes_;
  size_t used_ = 0;  // Bytes of the states waiting.
  std::vector<Entry> entries_;
};

}  // namespace modelcheck
