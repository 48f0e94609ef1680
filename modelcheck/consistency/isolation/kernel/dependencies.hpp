// A graph whose edges have kinds: Tarjan's components and shortest cycles, without recursion.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace consistency {

class Dependencies {
 public:
  explicit Dependencies(int32_t nodes) : nodes_(nodes) {}

  int32_t nodes() const { return nodes_; }
  int32_t edges() const { return int32_t(list_.size()); }
  int32_t edge_from(int32_t edge) const { return list_[size_t(edge)].from; }
  int32_t edge_to(int32_t edge) const { return list_[size_t(edge)].to; }
  uint8_t edge_kind(int32_t edge) const { return list_[size_t(edge)].kind; }

  void add(int32_t from, int32_t to, uint8_t kind) {
    list_.push_back({from, to, kind});
    first_.clear();
  }

  // Tarjan 1972, with an explicit stack.
  std::vector<int32_t> components(uint8_t kinds) {
    index();
    std::vector<int32_t> number(size_t(nodes_), -1), low(number), component(number);
    std::vector<int32_t> open, call;
    std::vector<size_t> next(first_.begin(), first_.end() - 1);
    int32_t count = 0, found = 0;
    for (int32_t root = 0; root < nodes_; ++root) {
      if (number[size_t(root)] >= 0) continue;
      call.push_back(root);
      number[size_t(root)] = low[size_t(root)] = count++;
      open.push_back(root);
      while (!call.empty()) {
        const size_t node = size_t(call.back());
        if (next[node] < first_[node + 1]) {
          const Edge& edge = list_[size_t(order_[next[node]++])];
          if ((edge.kind & kinds) == 0) continue;
          const size_t to = size_t(edge.to);
          if (number[to] < 0) {
            number[to] = low[to] = count++;
            open.push_back(edge.to);
            call.push_back(edge.to);
          } else if (component[to] < 0) {
            low[node] = std::min(low[node], number[to]);
          }
          continue;
        }
        call.pop_back();
        if (!call.empty()) low[size_t(call.back())] = std::min(low[size_t(call.back())], low[node]);
        if (low[node] != number[node]) continue;
        while (component[node] < 0) {
          component[size_t(open.back())] = found;
          open.pop_back();
        }
        ++found;
      }
    }
    return component;
  }

  bool is_acyclic(uint8_t kinds) {
    index();
    std::vector<uint32_t> waiting(size_t(nodes_), 0);
    for (const Edge& edge : list_) waiting[size_t(edge.to)] += (edge.kind & kinds) != 0;
    std::vector<int32_t> ready;
    for (int32_t node = 0; node < nodes_; ++node)
      if (waiting[size_t(node)] == 0) ready.push_back(node);
    for (size_t at = 0; at < ready.size(); ++at)
      for (size_t i = first_[size_t(ready[at])]; i < first_[size_t(ready[at]) + 1]; ++i) {
        const Edge& edge = list_[size_t(order_[i])];
        if ((edge.kind & kinds) != 0 && --waiting[size_t(edge.to)] == 0) ready.push_back(edge.to);
      }
    return ready.size() == size_t(nodes_);
  }

  // A shortest cycle of one edge of `through` and a way back by edges of `kinds`; when more than `work` edges were looked
  // at, the shortest so far.
  std::vector<int32_t> cycle(uint8_t through, uint8_t kinds, size_t work) {
    const std::vector<int32_t> component = components(uint8_t(through | kinds));
    came_.resize(size_t(nodes_));
    seen_.resize(size_t(nodes_), 0);
    std::vector<int32_t> best;
    for (size_t at = 0; at < list_.size() && work > 0 && best.size() != 2; ++at) {
      const Edge& edge = list_[at];
      if ((edge.kind & through) == 0 || component[size_t(edge.from)] != component[size_t(edge.to)]) continue;
      const size_t most = best.empty() ? list_.size() : best.size() - 2;
      if (way(edge.to, edge.from, kinds, component, most, work)) {
        best.assign(1, int32_t(at));
        for (int32_t back = edge.from; back != edge.to; back = list_[size_t(came_[size_t(back)])].from)
          best.push_back(came_[size_t(back)]);
        std::reverse(best.begin() + 1, best.end());
      }
    }
    return best;
  }

 private:
  struct Edge {
    int32_t from, to;
    uint8_t kind;  // one bit
  };

  // Whether a shortest way within a component has `most` edges at most; came_ then leads back from its end.
  bool way(int32_t start, int32_t goal, uint8_t kinds, const std::vector<int32_t>& component, size_t most, size_t& work) {
    ++round_;
    std::vector<int32_t> now{start}, next;
    seen_[size_t(start)] = round_;
    for (size_t length = 0; length < most && !now.empty(); ++length, now.swap(next), next.clear())
      for (const int32_t node : now)
        for (size_t i = first_[size_t(node)]; i < first_[size_t(node) + 1]; ++i) {
          if (work == 0) return false;
          --work;
          const Edge& edge = list_[size_t(order_[i])];
          const size_t to = size_t(edge.to);
          if ((edge.kind & kinds) == 0 || component[to] != component[size_t(start)] || seen_[to] == round_) continue;
          seen_[to] = round_;
          came_[to] = order_[i];
          if (edge.to == goal) return true;
          next.push_back(edge.to);
        }
    return false;
  }

  // Sorts the edges by their beginnings, keeping the order in which they were added.
  void index() {
    if (!first_.empty()) return;
    first_.assign(size_t(nodes_) + 1, 0);
    for (const Edge& edge : list_) ++first_[size_t(edge.from) + 1];
    for (size_t node = 0; node < size_t(nodes_); ++node) first_[node + 1] += first_[node];
    std::vector<size_t> at(first_.begin(), first_.end() - 1);
    order_.resize(list_.size());
    for (size_t edge = 0; edge < list_.size(); ++edge) order_[at[size_t(list_[edge].from)]++] = int32_t(edge);
  }

  const int32_t nodes_;
  std::vector<Edge> list_;       // in the order of adding
  std::vector<size_t> first_;    // by node: where its edges begin in order_; empty when out of date
  std::vector<int32_t> order_;   // edges by beginning
  std::vector<int32_t> came_;    // by node: the edge that the search came by
  std::vector<uint32_t> seen_;   // by node: the last search that saw it
  uint32_t round_ = 0;
};

}  // namespace consistency
