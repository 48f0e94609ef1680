// A greedy run of transactions on registers, one at a time, in the order of their calls as far as that is possible.
//
// One can run when it reads what is there, all that certainly come before it have run, and nobody else has still to read
// what it overwrites. If all run, the history is serializable. If not, one is run all the same, and the run is only a
// suggestion in which order a search should begin.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "dependencies.hpp"
#include "facts.hpp"

namespace consistency {

class Schedule {
 public:
  // Nodes of the graph beyond the transactions read and write nothing.
  Schedule(const Facts& facts, const Dependencies& graph, uint8_t kinds)
      : facts_(facts), following_(size_t(graph.nodes())), waiting_(size_t(graph.nodes()), 0), reads_(facts.transactions()),
        writes_(facts.transactions()), now_(facts.first), left_(facts.key.size(), 0), asleep_(facts.first.size()) {
    for (int32_t edge = 0; edge < graph.edges(); ++edge)
      if (graph.edge_kind(edge) & kinds) {
        following_[size_t(graph.edge_from(edge))].push_back(graph.edge_to(edge));
        ++waiting_[size_t(graph.edge_to(edge))];
      }
    for (const Facts::Read& read : facts.reads) {
      reads_[size_t(read.reader)].push_back(read.version);
      ++left_[size_t(read.version)];
    }
    const std::vector<uint8_t> is_in = facts.included();
    for (const Facts::Final& last : facts.finals)
      if (is_in[size_t(last.writer)]) writes_[size_t(last.writer)].push_back(last.version);
  }

  // Whether every transaction could run when it did; `order` holds all nodes then.
  bool run() {
    for (size_t node = 0; node < waiting_.size(); ++node)
      if (waiting_[node] == 0) ready_.push(int32_t(node));
    std::vector<uint8_t> has_run(waiting_.size(), 0);
    bool is_right = true;
    while (order.size() < waiting_.size()) {
      if (ready_.empty() && !force(has_run, is_right)) return false;
      const int32_t node = ready_.top();
      ready_.pop();
      if (has_run[size_t(node)]) continue;
      const int32_t key = is_forced_ ? -1 : obstacle(node);
      is_forced_ = false;
      if (key >= 0) {
        asleep_[size_t(key)].push_back(node);
        all_asleep_.push(node);
        continue;
      }
      has_run[size_t(node)] = 1;
      order.push_back(node);
      perform(node);
    }
    return is_right;
  }

  std::vector<int32_t> order;

 private:
  using Earliest = std::priority_queue<int32_t, std::vector<int32_t>, std::greater<>>;

  // Lets the earliest of those that cannot run do so; false if there is none, because of a cycle.
  bool force(const std::vector<uint8_t>& has_run, bool& is_right) {
    while (!all_asleep_.empty()) {
      const int32_t node = all_asleep_.top();
      all_asleep_.pop();
      if (has_run[size_t(node)]) continue;
      ready_.push(node);
      is_forced_ = true;
      return !(is_right = false);
    }
    return false;
  }

  // The key that keeps a transaction from running, or -1.
  int32_t obstacle(int32_t node) const {
    if (size_t(node) >= reads_.size()) return -1;
    for (const int32_t version : reads_[size_t(node)]) {
      const int32_t key = facts_.key[size_t(version)];
      if (now_[size_t(key)] != version) return key;
    }
    for (const int32_t version : writes_[size_t(node)]) {
      const int32_t key = facts_.key[size_t(version)], current = now_[size_t(key)];
      int32_t own = 0;
      for (const int32_t read : reads_[size_t(node)]) own += read == current;
      if (left_[size_t(current)] > own) return key;
    }
    return -1;
  }

  void perform(int32_t node) {
    for (const int32_t after : following_[size_t(node)])
      if (--waiting_[size_t(after)] == 0) ready_.push(after);
    if (size_t(node) >= reads_.size()) return;
    for (const int32_t version : reads_[size_t(node)])
      if (--left_[size_t(version)] <= 1) wake(facts_.key[size_t(version)]);
    for (const int32_t version : writes_[size_t(node)]) {
      now_[size_t(facts_.key[size_t(version)])] = version;
      wake(facts_.key[size_t(version)]);
    }
  }

  void wake(int32_t key) {
    for (const int32_t node : asleep_[size_t(key)]) ready_.push(node);
    asleep_[size_t(key)].clear();
  }

  const Facts& facts_;
  std::vector<std::vector<int32_t>> following_;       // by node: those that certainly come after it
  std::vector<int32_t> waiting_;                      // by node: how many before it have still to run
  std::vector<std::vector<int32_t>> reads_, writes_;  // by transaction: versions
  std::vector<int32_t> now_;                          // by key: its version
  std::vector<int32_t> left_;                         // by version: reads still to come
  std::vector<std::vector<int32_t>> asleep_;          // by key: who waits for it to change
  Earliest ready_;                                    // who may be able to run
  Earliest all_asleep_;                               // whoever could not run once
  bool is_forced_ = false;
};

}  // namespace consistency
