// Near-linear decisions for histories in which every value enters the object once.
//
// Each value then has one operation that puts it in, and those that read it or take it out; whether the history is
// linearizable depends on how the intervals of the values lie. Values that never come out and whose entry never
// returned have been left out by the caller; an entry that did not return but whose value was seen has `put_end` NEVER.
// All instants of a history are different numbers, except NEVER.
//
// register        Gibbons and Korach, "Testing shared memories", 1997, section 4. O(n log n).
// queue           Henzinger, Sezgin and Vafeiadis, "Aspect-oriented linearizability proofs", 2013. O(n log n).
// priority queue  From the least value up, each is taken out at the first instant that no lesser one is surely inside:
//                 it is then inside for as short a time as it can be. O(n log n).
// stack           At an instant when no value is surely inside the history falls into two; where there is none, some
//                 value is pushed before and popped after all others, and can be left out. O(n^2) at worst, for a stack
//                 that nests deeply; the argument is in docs/decisions/0402-unique-values.md.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <type_traits>
#include <vector>

#include "steps.hpp"

namespace consistency {

struct Value {
  int64_t put_begin, put_end;    // the operation that put it in
  int64_t take_begin, take_end;  // the one that took it out; both NEVER if it stayed
};

struct Span {
  int64_t begin, end;
};

// A register: the value's write, and of its reads the last call and the first return (NEVER-like extremes if unread).
struct Cluster {
  int64_t write_begin, write_end;
  int64_t last_call, first_return;  // over the reads
};

// Values, spans or clusters from the numbers that they consist of, one after the other.
template <class Record>
std::vector<Record> records(const int64_t* numbers, size_t count) {
  static_assert(std::is_trivially_copyable_v<Record> && sizeof(Record) % sizeof(int64_t) == 0);
  std::vector<Record> found(count * sizeof(int64_t) / sizeof(Record));
  if (!found.empty()) std::memcpy(static_cast<void*>(found.data()), numbers, found.size() * sizeof(Record));
  return found;
}

inline bool register_holds(const std::vector<Cluster>& clusters) {
  std::vector<Span> forward, backward;
  for (const Cluster& c : clusters) {
    if (c.first_return < c.write_begin) return false;
    const int64_t first_end = std::min(c.write_end, c.first_return);
    const int64_t last_begin = std::max(c.write_begin, c.last_call);
    if (first_end < last_begin) {
      forward.push_back({first_end, last_begin});
    } else {
      backward.push_back({last_begin, first_end});
    }
  }
  auto by_begin = [](const Span& a, const Span& b) { return a.begin < b.begin; };
  std::sort(forward.begin(), forward.end(), by_begin);
  for (size_t at = 1; at < forward.size(); ++at)
    if (forward[at].begin < forward[at - 1].end) return false;
  for (const Span& zone : backward) {
    auto after = std::upper_bound(forward.begin(), forward.end(), zone, by_begin);
    if (after != forward.begin() && zone.end < (after - 1)->end && (after - 1)->begin < zone.begin) return false;
  }
  return true;
}

// Whether each span has an instant that none of the covers contains. A cover holds its begin and not its end.
inline bool all_exposed(std::vector<Span> covers, const std::vector<Span>& spans) {
  auto by_begin = [](const Span& a, const Span& b) { return a.begin < b.begin; };
  std::sort(covers.begin(), covers.end(), by_begin);
  std::vector<Span> merged;
  for (const Span& cover : covers) {
    if (cover.begin >= cover.end) continue;
    if (!merged.empty() && cover.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, cover.end);
    } else {
      merged.push_back(cover);
    }
  }
  for (const Span& span : spans) {
    auto after = std::upper_bound(merged.begin(), merged.end(), span, by_begin);
    if (after != merged.begin() && span.end < (after - 1)->end) return false;
  }
  return true;
}

inline bool each_in_order(const std::vector<Value>& values) {
  return std::all_of(values.begin(), values.end(), [](const Value& v) { return v.take_end >= v.put_begin; });
}

inline std::vector<Span> surely_inside(const std::vector<Value>& values) {
  std::vector<Span> spans;
  for (const Value& v : values) spans.push_back({v.put_end, v.take_begin});
  return spans;
}

inline bool queue_holds(std::vector<Value> values, const std::vector<Span>& empties) {
  if (!each_in_order(values) || !all_exposed(surely_inside(values), empties)) return false;
  std::vector<Value> entered = values;
  std::sort(entered.begin(), entered.end(), [](const Value& a, const Value& b) { return a.put_end < b.put_end; });
  std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) { return a.put_begin < b.put_begin; });
  int64_t latest = std::numeric_limits<int64_t>::min();  // the last call of a take, among values that entered before
  size_t at = 0;
  for (const Value& value : values) {
    for (; at < entered.size() && entered[at].put_end < value.put_begin; ++at)
      latest = std::max(latest, entered[at].take_begin);
    if (value.take_begin != NEVER && value.take_end < latest) return false;
  }
  return true;
}

// `values` from the least up.
inline bool priority_queue_holds(const std::vector<Value>& values, const std::vector<Span>& empties) {
  if (!each_in_order(values)) return false;
  std::map<int64_t, int64_t> inside;  // when some lesser value is surely inside: disjoint spans, by begin
  auto cover = [&](int64_t begin, int64_t end) {
    if (begin >= end) return;
    auto next = inside.upper_bound(begin);
    if (next != inside.begin() && std::prev(next)->second >= begin) {
      --next;
      begin = next->first;
    }
    while (next != inside.end() && next->first <= end) {
      end = std::max(end, next->second);
      next = inside.erase(next);
    }
    inside[begin] = end;
  };
  std::vector<Span> covers;
  for (const Value& value : values) {
    int64_t taken = NEVER;
    if (value.take_begin != NEVER) {
      taken = std::max(value.put_begin, value.take_begin);
      auto next = inside.upper_bound(taken);
      if (next != inside.begin() && std::prev(next)->second > taken) taken = std::prev(next)->second;
      if (taken > value.take_end || taken == NEVER) return false;
    }
    cover(value.put_end, taken);
    covers.push_back({value.put_end, taken});
  }
  return all_exposed(covers, empties);
}

class StackOfValues {
 public:
  explicit StackOfValues(const std::vector<Value>& values) : values_(values) {}

  bool holds(const std::vector<Span>& empties, Budget& budget) {
    if (!each_in_order(values_) || !all_exposed(surely_inside(values_), empties)) return false;
    std::vector<int32_t> all(values_.size());
    std::iota(all.begin(), all.end(), 0);
    groups_.push_back(std::move(all));
    while (!groups_.empty()) {
      if (budget.time_is_up()) return true;
      std::vector<int32_t> group = std::move(groups_.back());
      groups_.pop_back();
      if (!split(group) && !peel(group)) return false;
    }
    return true;
  }

 private:
  const Value& value(int32_t index) const { return values_[size_t(index)]; }

  // Cuts the group at every instant when no value of it is surely inside, and leaves out the values that are never
  // surely inside: each can be pushed and popped at one instant, whatever else is on the stack.
  bool split(const std::vector<int32_t>& group) {
    std::vector<Span> spans;
    for (int32_t index : group)
      if (value(index).put_end < value(index).take_begin)
        spans.push_back({value(index).put_end, value(index).take_begin});
    if (spans.empty()) return true;
    std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    std::vector<Span> merged;
    for (const Span& span : spans) {
      if (!merged.empty() && span.begin <= merged.back().end) {
        merged.back().end = std::max(merged.back().end, span.end);
      } else {
        merged.push_back(span);
      }
    }
    std::vector<std::vector<int32_t>> parts(merged.size());
    size_t placed = 0;
    for (int32_t index : group) {
      if (value(index).put_end > value(index).take_begin) continue;
      auto after = std::upper_bound(merged.begin(), merged.end(), value(index).put_end,
                                    [](int64_t time, const Span& span) { return time < span.begin; });
      parts[size_t(after - merged.begin()) - 1].push_back(index);
      ++placed;
    }
    if (merged.size() == 1 && placed == group.size()) return false;
    for (auto& part : parts) groups_.push_back(std::move(part));
    return true;
  }

  // Leaves out the values that can be at the bottom of the stack from first to last.
  bool peel(const std::vector<int32_t>& group) {
    int64_t first_end = NEVER, last_begin = std::numeric_limits<int64_t>::min();
    for (int32_t index : group) {
      first_end = std::min({first_end, value(index).put_end, value(index).take_end});
      last_begin = std::max({last_begin, value(index).put_begin, value(index).take_begin});
    }
    std::vector<int32_t> rest;
    for (int32_t index : group)
      if (!(value(index).put_begin <= first_end && value(index).take_end >= last_begin)) rest.push_back(index);
    if (rest.size() == group.size()) return false;
    if (!rest.empty()) groups_.push_back(std::move(rest));
    return true;
  }

  const std::vector<Value>& values_;
  std::vector<std::vector<int32_t>> groups_;  // still to be decided, each on its own
};

}  // namespace consistency
