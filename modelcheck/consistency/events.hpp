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

inline std::vector<Event> events_of(const std::vector<Operation>& operations) {
  std::vector<Event> events;
  events.reserve(2 * operations.size());
  for (size_t index = 0; index < operations.size(); ++index) {
    events.push_back({operations[index].call, int32_t(index), false});
    if (operations[index].finish != NEVER) events.push_back({operations[index].finish, int32_t(index), true});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.is_return != b.is_return) return b.is_return;
    return a.operation < b.operation;
  });
  return events;
}

// Replaces times by ranks, which are all different.
inline void rank(std::vector<Operation>& operations) {
  const std::vector<Event> events = events_of(operations);
  for (size_t at = 0; at < events.size(); ++at) {
    Operation& operation = operations[size_t(events[at].operation)];
    (events[at].is_return ? operation.finish : operation.call) = int64_t(at);
  }
}

// The slot of each operation: the lowest one free at its call. Operations that never return keep theirs.
struct Slots {
  std::vector<int32_t> of;  // by operation
  int32_t count = 0;        // slots ever in use

  Slots(const std::vector<Event>& events, size_t operations) : of(operations) {
    std::vector<int32_t> free;
    for (const Event& event : events) {
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
