// The steps that led to configurations, as a tree, and the order of all operations that is read off it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "configuration.hpp"
#include "events.hpp"

namespace consistency {

class Lineage {
 public:
  Lineage(const std::vector<Operation>& operations, const std::vector<Nature>& natures, StepTable& table, const std::vector<Event>& events,
        const Slots& slots, int32_t initial)
      : operations_(operations), natures_(natures), table_(table), events_(events), slots_(slots), initial_(initial) {}

  // Logs that an operation was done after a step (-1 for none) and before an event.
  int32_t add(int32_t parent, int32_t operation, size_t event) {
    nodes_.push_back({parent, operation, uint32_t(event)});
    return int32_t(nodes_.size() - 1);
  }

  // Forgets the steps that no configuration descends from, when they have doubled.
  template <class Configuration>
  void collect(std::vector<Configuration>& configurations) {
    if (nodes_.size() < 2 * live_nodes_ + 65536) return;
    std::vector<int32_t> moved(nodes_.size(), -1);
    for (const Configuration& c : configurations)
      for (int32_t node = c.node; node >= 0 && moved[size_t(node)] < 0; node = nodes_[size_t(node)].parent)
        moved[size_t(node)] = 0;
    int32_t count = 0;
    for (size_t node = 0; node < nodes_.size(); ++node) {
      if (moved[node] < 0) continue;
      Node kept = nodes_[node];
      if (kept.parent >= 0) kept.parent = moved[size_t(kept.parent)];
      moved[node] = count;
      nodes_[size_t(count++)] = kept;
    }
    nodes_.resize(size_t(count));
    for (Configuration& c : configurations)
      if (c.node >= 0) c.node = moved[size_t(c.node)];
    live_nodes_ = size_t(count);
  }

  // The order of all operations, from the steps that were logged: pure ones come where they are first possible, and
  // an overwrite that was never a step goes just before the next one that was.
  std::vector<int32_t> replay(int32_t node, size_t end, std::vector<int32_t>& overused) {
    std::vector<Node> path;
    for (; node >= 0; node = nodes_[size_t(node)].parent) path.push_back(nodes_[size_t(node)]);
    std::reverse(path.begin(), path.end());
    std::vector<bool> placed(operations_.size()), visible(operations_.size());
    for (const Node& step : path) visible[size_t(step.operation)] = true;
    std::vector<int32_t> order, waiting;
    std::vector<size_t> spent(natures_.size());
    overused.clear();
    int32_t state = initial_;
    size_t next = 0;
    auto place = [&](int32_t index) {
      order.push_back(index);
      placed[size_t(index)] = true;
    };
    auto forget = [&] {
      auto gone = [&](int32_t index) { return placed[size_t(index)]; };
      waiting.erase(std::remove_if(waiting.begin(), waiting.end(), gone), waiting.end());
    };
    for (size_t at = 0; at < end; ++at) {
      const int32_t index = events_[at].operation;
      if (!events_[at].is_return) {
        const bool pure = nature(operation(index).kind) == Nature::pure;
        if (pure && table_.next(state, operation(index).kind) >= 0) {
          place(index);
        } else if (pure || (nature(operation(index).kind) == Nature::overwrite && !visible[size_t(index)] &&
                            operation(index).finish != NEVER)) {
          waiting.push_back(index);
        }
        continue;
      }
      for (; next < path.size() && path[next].event == at; ++next) {
        const int32_t step = path[next].operation;
        if (nature(operation(step).kind) == Nature::overwrite)
          for (int32_t other : waiting)
            if (nature(operation(other).kind) == Nature::overwrite) place(other);
        place(one_of_kind(step, events_[at].time, spent, overused));
        state = table_.next(state, operation(step).kind);
        for (int32_t other : waiting)
          if (!placed[size_t(other)] && nature(operation(other).kind) == Nature::pure &&
              table_.next(state, operation(other).kind) >= 0)
            place(other);
        forget();
      }
    }
    return order;
  }

  uint64_t bytes() const { return nodes_.capacity() * sizeof(Node); }

 private:
  struct Node {
    int32_t parent;     // the step before, or -1
    int32_t operation;  // what was done
    uint32_t event;     // before which event
  };

  Nature nature(int32_t kind) const { return natures_[size_t(kind)]; }
  const Operation& operation(int32_t index) const { return operations_[size_t(index)]; }

  // The operation that a step stands for: of a kind that may be reused, the first one called that is not yet spent.
  int32_t one_of_kind(int32_t index, int64_t before, std::vector<size_t>& spent, std::vector<int32_t>& overused) {
    const size_t kind = size_t(operation(index).kind);
    if (slots_.of[size_t(index)] >= 0) return index;
    if (unfinished_.empty()) {
      unfinished_.resize(natures_.size());
      for (const Event& event : events_)
        if (operation(event.operation).finish == NEVER)
          unfinished_[size_t(operation(event.operation).kind)].push_back(event.operation);
    }
    const std::vector<int32_t>& copies = unfinished_[kind];
    if (spent[kind] < copies.size() && operation(copies[spent[kind]]).call < before) return copies[spent[kind]++];
    if (spent[kind] != SIZE_MAX) overused.push_back(int32_t(kind));
    spent[kind] = SIZE_MAX;
    return index;
  }

  const std::vector<Operation>& operations_;
  const std::vector<Nature>& natures_;  // by kind
  StepTable& table_;
  const std::vector<Event>& events_;
  const Slots& slots_;
  const int32_t initial_;  // state
  std::vector<Node> nodes_;
  size_t live_nodes_ = 0;
  std::vector<std::vector<int32_t>> unfinished_;  // by kind: operations that never returned, as called
};

}  // namespace consistency
