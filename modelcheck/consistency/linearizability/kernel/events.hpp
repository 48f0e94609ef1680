// The calls and returns of a history in the order of time, with a reusable slot for each operation in flight.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "steps.hpp"

namespace consistency {

struct Event {
  int64_t time;       // a call comes before a return of the same time, which makes the two operations concurrent
  int32_t operation;  // index into the operations
  bool is_return;
};

// Replaces times by ranks, which are all different. Quick where the operations are in the order of their calls.
inline void rank(std::vector<Operation>& operations) {
  struct Instant {
    int64_t time;
    int32_t operation;
    bool operator<(const Instant& other) const {
      return time != other.time ? time < other.time : operation < other.operation;
    }
  };
  std::vector<Instant> calls, returns;
  calls.reserve(operations.size());
  returns.reserve(operations.size());
  for (size_t index = 0; index < operations.size(); ++index) {
    calls.push_back({operations[index].call, int32_t(index)});
    if (operations[index].finish != NEVER) returns.push_back({operations[index].finish, int32_t(index)});
  }
  if (!std::is_sorted(calls.begin(), calls.end())) std::sort(calls.begin(), calls.end());
  std::sort(returns.begin(), returns.end());
  int64_t rank = 0;
  size_t call = 0;
  for (const Instant& finish : returns) {
    for (; call < calls.size() && calls[call].time <= finish.time; ++call)
      operations[size_t(calls[call].operation)].call = rank++;
    operations[size_t(finish.operation)].finish = rank++;
  }
  for (; call < calls.size(); ++call) operations[size_t(calls[call].operation)].call = rank++;
}

// The events of operations whose times are ranks.
inline std::vector<Event> events_of(const std::vector<Operation>& operations) {
  size_t count = operations.size();
  for (const Operation& operation : operations) count += operation.finish != NEVER;
  std::vector<Event> events(count);
  for (size_t index = 0; index < operations.size(); ++index) {
    const Operation& operation = operations[index];
    events[size_t(operation.call)] = {operation.call, int32_t(index), false};
    if (operation.finish != NEVER) events[size_t(operation.finish)] = {operation.finish, int32_t(index), true};
  }
  return events;
}

// The slot of each operation: the lowest one free at its call. Operations that never return keep theirs; those of them
// whose kind is reusable need none.
struct Slots {
  std::vector<int32_t> of;  // by operation; -1: none
  int32_t count = 0;        // slots ever in use

  Slots(const std::vector<Event>& events, const std::vector<Operation>& operations, const std::vector<bool>& reusable)
      : of(operations.size(), -1) {
    std::vector<int32_t> free;
    for (const Event& event : events) {
      const Operation& operation = operations[size_t(event.operation)];
      if (operation.finish == NEVER && reusable[size_t(operation.kind)]) continue;
      if (event.is_return) {
        free.push_back(of[size_t(event.operation)]);
        std::push_heap(free.begin(), free.end(), std::greater<>());
      } else if (free.empty()) {
        of[size_t(event.operation)] = count++;
      } else {
        std::pop_heap(free.begin(), free.end(), std::greater<>());
        of[size_t(event.operation)] = free.back();
        free.pop_back();
      }
    }
  }
};

}  // namespace consistency
