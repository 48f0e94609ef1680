// What every native procedure works on: operations as intervals, and the remembered steps of a sequential object.
//
// States and kinds are small integers that Python gave out. A kind is an operation's name, argument and recorded result
// together, so that two operations of one kind are interchangeable. The object itself stays in Python; the table asks
// it once for each pair of a state and a kind.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace consistency {

constexpr int64_t NEVER = std::numeric_limits<int64_t>::max();  // the return of an operation that did not return
constexpr int32_t ILLEGAL = -1;                                 // the recorded result cannot come from this state
constexpr int32_t FAILED = -2;                                  // the object raised; Python holds the exception

enum class Nature : uint8_t {
  pure = 0,       // changes no state, so it is taken as soon as it is possible
  overwrite = 1,  // possible in every state, and leaves the same state whatever was before
  general = 2,
};

struct Operation {
  int64_t call;    // when it began
  int64_t finish;  // when it returned, or NEVER
  int32_t kind;    // index into the kinds
};

enum class Outcome : int32_t { holds = 0, violated = 1, time_out = 2, memory_out = 3, truncated = 4, failed = 5 };

using Ask = int32_t (*)(void* object, int32_t state, int32_t kind);  // one step, in Python
using Poll = int32_t (*)(void* object, uint64_t done);               // tells Python how far the search is; nonzero: stop

// What an operation of a kind does to a register, so that the most common objects need no Python at all. Values and
// states are the same numbers.
struct RegisterKind {
  enum : int32_t { python = -1, read = 0, write = 1, swapped = 2, not_swapped = 3, may_swap = 4, ignored = 5 };
  int32_t action;
  int32_t value;     // read or written
  int32_t expected;  // by a swap

  int32_t next(int32_t state) const {
    switch (action) {
      case read: return state == value ? state : ILLEGAL;
      case write: return value;
      case swapped: return state == expected ? value : ILLEGAL;
      case not_swapped: return state == expected ? ILLEGAL : state;
      case may_swap: return state == expected ? value : state;
      default: return state;
    }
  }
};

// Remembers the next state, or ILLEGAL, for each pair asked so far. Open addressing, at most half full.
class StepTable {
 public:
  // `kinds` is empty, or says of every kind what it does.
  StepTable(void* object, Ask ask, Poll poll, std::vector<RegisterKind> kinds)
      : object_(object), ask_(ask), poll_(poll), kinds_(std::move(kinds)), slots_(64) {}

  int32_t next(int32_t state, int32_t kind) {
    return kinds_.empty() ? remembered(state, kind) : kinds_[size_t(kind)].next(state);
  }

  int32_t remembered(int32_t state, int32_t kind) {
    const uint64_t key = (uint64_t(uint32_t(state)) << 32 | uint32_t(kind)) + 1;
    size_t at = find(key);
    if (slots_[at].key == key) return slots_[at].next;
    const int32_t next = ask_(object_, state, kind);
    if (next == FAILED) {
      failed_ = true;
      return ILLEGAL;
    }
    if (2 * (++used_) > slots_.size()) {
      grow();
      at = find(key);
    }
    slots_[at] = {key, next};
    return next;
  }

  bool asks_python() const { return kinds_.empty(); }
  bool failed() const { return failed_; }
  bool interrupted(uint64_t done) { return failed_ = failed_ || poll_(object_, done) != 0; }
  size_t bytes() const { return slots_.size() * sizeof(Slot); }
  uint64_t asked() const { return used_; }

 private:
  struct Slot {
    uint64_t key = 0;   // state and kind, plus one; zero is free
    int32_t next = 0;   // the state after, or ILLEGAL
  };

  size_t find(uint64_t key) const {
    const uint64_t product = key * 0x9E3779B97F4A7C15ull;  // The state reaches the upper half only, so it is folded.
    size_t at = (product ^ product >> 32) & (slots_.size() - 1);
    while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.key != 0) slots_[find(slot.key)] = slot;
  }

  void* object_;
  Ask ask_;
  Poll poll_;
  const std::vector<RegisterKind> kinds_;
  std::vector<Slot> slots_;  // a power of two
  uint64_t used_ = 0;        // slots taken
  bool failed_ = false;      // the object raised, or the user interrupted
};

// A deadline and a number of bytes, asked cheaply.
class Budget {
 public:
  Budget(double seconds, uint64_t bytes, StepTable* table, uint64_t steps = 0)
      : polled_(Clock::now()),
        end_(polled_ + std::chrono::microseconds(int64_t(std::min(seconds, LONGEST_S) * 1e6))),
        bytes_(bytes),
        table_(table),
        steps_(steps) {}

  // Looks at the clock once in 4096 calls, or when Python was asked often since: an object may be slow.
  bool time_is_up() {
    if (steps_ != 0 && asked_ > steps_) return up_ = true;
    if ((++asked_ & 4095) != 0 && (table_ == nullptr || table_->asked() - table_asked_ < OFTEN)) return up_;
    return look();
  }
  bool too_large(uint64_t bytes) const { return bytes + (table_ == nullptr ? 0 : table_->bytes()) > bytes_; }
  uint64_t asked() const { return asked_; }

  // How far the search is, for whoever watches it.
  void reached(uint64_t done) { done_ = done; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr double LONGEST_S = 1e9;
  static constexpr uint64_t OFTEN = 16;

  // Reads the clock, and every 50 ms lets Python look for an interrupt, at its memory and at the progress.
  bool look() {
    const Clock::time_point now = Clock::now();
    if (table_ != nullptr) {
      table_asked_ = table_->asked();
      if (now - polled_ > std::chrono::milliseconds(50)) {
        if (table_->interrupted(done_)) up_ = true;
        polled_ = now;
      }
    }
    return up_ = up_ || now > end_;
  }

  Clock::time_point polled_;  // when Python last looked
  Clock::time_point end_;
  uint64_t bytes_;
  StepTable* table_;  // counted in, and asked for interrupts; may be null
  uint64_t steps_;  // calls after which the time is up too, or 0
  uint64_t asked_ = 0;
  uint64_t table_asked_ = 0;  // steps that Python had been asked for when the clock was last read
  uint64_t done_ = 0;         // operations put in order, or returns explained
  bool up_ = false;
};

// Whether `order` explains the history: legal on the object, in real-time order, and with every operation that returned.
inline bool explains(const std::vector<Operation>& operations, const std::vector<int32_t>& order, int32_t initial,
                     StepTable& table) {
  std::vector<bool> seen(operations.size());
  int64_t latest_call = std::numeric_limits<int64_t>::min();
  int32_t state = initial;
  for (int32_t index : order) {
    const Operation& operation = operations[size_t(index)];
    if (seen[size_t(index)] || operation.finish < latest_call) return false;
    seen[size_t(index)] = true;
    if (operation.call > latest_call) latest_call = operation.call;
    state = table.next(state, operation.kind);
    if (state < 0) return false;
  }
  for (size_t index = 0; index < operations.size(); ++index)
    if (!seen[index] && operations[index].finish != NEVER) return false;
  return true;
}

}  // namespace consistency
