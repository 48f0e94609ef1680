// A directed graph that stays acyclic: edges are added and taken back in turn, and a cycle is told by its edges.
//
// The nodes are kept in a topological order that every addition repairs (Pearce and Kelly, "A Dynamic Topological Sort
// Algorithm for Directed Acyclic Graphs", 2006). Taking edges back leaves the order right.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <vector>

namespace consistency {

class Acyclic {
 public:
  explicit Acyclic(size_t nodes) : out_(nodes), in_(nodes), rank_(nodes), came_(nodes), seen_(nodes, 0) {}

  size_t nodes() const { return out_.size(); }
  int32_t rank(int32_t node) const { return rank_[size_t(node)]; }
  uint64_t repairs() const { return repairs_; }

  // Adds an edge without looking for a cycle; `sort` must follow.
  void add_unsorted(int32_t from, int32_t to, int32_t label) {
    out_[size_t(from)].push_back({to, label});
    in_[size_t(to)].push_back({from, label});
  }

  // Puts the nodes in order, those with lower numbers in `wish` first where there is a choice; whether there is an order.
  bool sort(const std::vector<int32_t>& wish) {
    const auto is_later = [&wish](int32_t a, int32_t b) { return wish[size_t(a)] > wish[size_t(b)]; };
    std::vector<uint32_t> waiting(nodes());
    std::priority_queue<int32_t, std::vector<int32_t>, decltype(is_later)> ready(is_later);
    for (size_t node = 0; node < nodes(); ++node) {
      waiting[node] = uint32_t(in_[node].size());
      if (waiting[node] == 0) ready.push(int32_t(node));
    }
    size_t placed = 0;
    for (; !ready.empty(); ++placed) {
      const int32_t node = ready.top();
      ready.pop();
      rank_[size_t(node)] = int32_t(placed);
      for (const Arc& arc : out_[size_t(node)])
        if (--waiting[size_t(arc.node)] == 0) ready.push(arc.node);
    }
    return placed == nodes();
  }

  // Adds an edge, or else leaves all as it is and puts the labels of a path from `to` to `from` into `labels`.
  bool add(int32_t from, int32_t to, int32_t label, std::vector<int32_t>& labels) {
    if (from == to) {
      labels.clear();
      return false;
    }
    if (rank(from) > rank(to)) {
      if (!forward(from, to, labels)) return false;
      backward(from, to);
      reorder();
    }
    add_unsorted(from, to, label);
    return true;
  }

  // Takes back the edge that was added last between two nodes, all that were added later having been taken back.
  void remove(int32_t from, int32_t to) {
    out_[size_t(from)].pop_back();
    in_[size_t(to)].pop_back();
  }

 private:
  struct Arc {
    int32_t node, label;
  };

  // Collects what lies behind `to` up to the rank of `from`; whether `from` is not there.
  bool forward(int32_t from, int32_t to, std::vector<int32_t>& labels) {
    ++round_;
    after_.assign(1, to);
    seen_[size_t(to)] = round_;
    for (size_t at = 0; at < after_.size(); ++at)
      for (const Arc& arc : out_[size_t(after_[at])]) {
        if (seen_[size_t(arc.node)] == round_ || rank(arc.node) > rank(from)) continue;
        seen_[size_t(arc.node)] = round_;
        came_[size_t(arc.node)] = {after_[at], arc.label};
        if (arc.node == from) {
          labels.clear();
          for (int32_t back = from; back != to; back = came_[size_t(back)].node)
            labels.push_back(came_[size_t(back)].label);
          return false;
        }
        after_.push_back(arc.node);
      }
    return true;
  }

  void backward(int32_t from, int32_t to) {
    ++round_;
    before_.assign(1, from);
    seen_[size_t(from)] = round_;
    for (size_t at = 0; at < before_.size(); ++at)
      for (const Arc& arc : in_[size_t(before_[at])])
        if (seen_[size_t(arc.node)] != round_ && rank(arc.node) >= rank(to)) {
          seen_[size_t(arc.node)] = round_;
          before_.push_back(arc.node);
        }
  }

  // Gives the ranks of both sets to those before first, and then to those after.
  void reorder() {
    ++repairs_;
    const auto by_rank = [this](int32_t a, int32_t b) { return rank(a) < rank(b); };
    std::sort(before_.begin(), before_.end(), by_rank);
    std::sort(after_.begin(), after_.end(), by_rank);
    slots_.clear();
    for (const int32_t node : before_) slots_.push_back(rank(node));
    for (const int32_t node : after_) slots_.push_back(rank(node));
    std::sort(slots_.begin(), slots_.end());
    size_t at = 0;
    for (const int32_t node : before_) rank_[size_t(node)] = slots_[at++];
    for (const int32_t node : after_) rank_[size_t(node)] = slots_[at++];
  }

  std::vector<std::vector<Arc>> out_, in_;    // by node: its edges, those added last at the end
  std::vector<int32_t> rank_;                 // by node: its place in the order
  std::vector<Arc> came_;                     // by node: where the search came from
  std::vector<uint32_t> seen_;                // by node: the last search that saw it
  std::vector<int32_t> after_, before_, slots_;  // of one addition
  uint32_t round_ = 0;
  uint64_t repairs_ = 0;                         // how often the order was changed
};

}  // namespace consistency
