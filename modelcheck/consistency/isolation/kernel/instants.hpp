// The order of real time as edges: as many as there are calls and returns, and not as many as pairs.
//
// The return of each transaction is a node; those nodes follow one another, and lead to the transactions called after
// them. Calls and returns at the same time overlap.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "dependencies.hpp"

namespace consistency {

class Instants {
 public:
  void call(int64_t time, int32_t transaction) { events_.emplace_back(time, false, transaction); }
  void finish(int64_t time, int32_t transaction) { events_.emplace_back(time, true, transaction); }

  // Instants are numbered as their transactions, from `first`.
  void add_to(Dependencies& graph, int32_t first) {
    static constexpr uint8_t kRealtime = 16;
    std::sort(events_.begin(), events_.end());
    int32_t instant = -1;
    for (const auto& [time, is_return, transaction] : events_) {
      if (!is_return) {
        if (instant >= 0) graph.add(instant, transaction, kRealtime);
        continue;
      }
      if (instant >= 0) graph.add(instant, first + transaction, kRealtime);
      instant = first + transaction;
      graph.add(transaction, instant, kRealtime);
    }
  }

 private:
  std::vector<std::tuple<int64_t, bool, int32_t>> events_;
};

}  // namespace consistency
