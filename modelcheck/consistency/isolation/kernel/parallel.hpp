// Parallel snapshot isolation: whether the writers of each key can be put in an order that visibility keeps.
//
// What a transaction sees is closed: with another transaction it sees all that one saw, and of two writers of a key one
// sees the other (Cerone, Bernardi and Gotsman 2015, TransVis and NoConflict). So visibility is the closure of sessions,
// reads and the order of writers, and a read is right when every writer of its key that its reader sees comes before the
// one read, or is it.
//
// What follows is added until nothing does. Then the writers left open are put in one order that fits; where a read
// disagrees, an open pair on the way to it is decided, one way and then the other. Cost: the closure has a bit for each
// pair of transactions; exponential in the pairs that have to be decided at worst.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "dependencies.hpp"
#include "facts.hpp"

namespace consistency {

class Parallel {
 public:
  enum Answer { kHolds, kViolated, kNoTime, kNoMemory };
  struct Edge {
    int32_t from, to;
    uint8_t kind;
  };

  // Edges of `kinds` between transactions are certain.
  Parallel(const Facts& facts, const Dependencies& graph, uint8_t kinds, double seconds, size_t bytes)
      : facts_(facts), count_(facts.transactions()), words_((facts.transactions() + 63) / 64), bytes_(bytes),
        deadline_(std::chrono::steady_clock::now() +
                  std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds))) {
    for (int32_t edge = 0; edge < graph.edges(); ++edge) {
      const Edge found{graph.edge_from(edge), graph.edge_to(edge), graph.edge_kind(edge)};
      const bool is_inside = size_t(found.from) < count_ && size_t(found.to) < count_;
      if ((found.kind & kinds) != 0 && is_inside) edges_.push_back(found);
    }
    const std::vector<uint8_t> is_in = facts.included();
    writers_.resize(facts.first.size());
    for (const Facts::Final& last : facts.finals)
      if (is_in[size_t(last.writer)]) writers_[size_t(facts.key[size_t(last.version)])].push_back(last.writer);
  }

  Answer run() {
    if (count_ * words_ * sizeof(uint64_t) * 2 > bytes_) return kNoMemory;
    return explore();
  }

  // If violated: edges with a cycle.
  std::vector<Edge> edges() const { return edges_; }

 private:
  using Closure = std::vector<uint64_t>;  // by transaction: a bit for each that it sees

  struct Decision {
    size_t edges;          // how many there were before it
    int32_t one, other;    // the pair; `one` comes first, and the other way round on the second try
    bool is_second;
  };

  bool is_late() const { return std::chrono::steady_clock::now() > deadline_; }
  bool sees(const Closure& closure, int32_t one, int32_t other) const {
    return (closure[size_t(one) * words_ + size_t(other) / 64] >> (size_t(other) % 64) & 1) != 0;
  }

  // Depth first over the pairs to decide.
  Answer explore() {
    std::vector<Decision> decisions;
    for (;;) {
      if (is_late()) return kNoTime;
      const Answer settled = settle();
      if (settled == kNoTime) return settled;
      std::pair<int32_t, int32_t> open{-1, -1};
      if (settled == kHolds && !guess(open)) return kHolds;
      if (settled == kHolds) {
        decisions.push_back({edges_.size(), open.first, open.second, false});
        edges_.push_back({open.first, open.second, Facts::kWw});
        continue;
      }
      while (!decisions.empty() && decisions.back().is_second) decisions.pop_back();
      if (decisions.empty()) return kViolated;
      Decision& last = decisions.back();
      last.is_second = true;
      edges_.resize(last.edges);
      edges_.push_back({last.other, last.one, Facts::kWw});
    }
  }

  // Adds what follows from the edges; kViolated if they make a cycle.
  Answer settle() {
    for (;;) {
      if (!close(edges_, seen_)) return kViolated;
      const size_t before = edges_.size();
      for (size_t at = 0; at < facts_.reads.size(); ++at) {
        if (at % 256 == 0 && is_late()) return kNoTime;
        each_wrong(facts_.reads[at], seen_, [this](int32_t writer, int32_t source) {
          edges_.push_back({writer, source, Facts::kWw});
          return true;
        });
      }
      if (edges_.size() == before) return kHolds;
    }
  }

  // Calls `act` with each visible writer that does not come before the one read; stops when it says so. Whoever read the
  // first version comes before every writer: a visible one is then followed by the reader and by itself.
  template <class Act>
  void each_wrong(const Facts::Read& read, const Closure& closure, Act act) const {
    const int32_t source = facts_.writer[size_t(read.version)];
    const size_t key = size_t(facts_.key[size_t(read.version)]);
    const bool is_first = read.version == facts_.first[key];
    if (source < 0 && !is_first) return;  // of an aborted writer
    for (const int32_t writer : writers_[key]) {
      if (writer == source || writer == read.reader || !sees(closure, read.reader, writer)) continue;
      if (is_first) {
        if (!act(read.reader, writer)) return;
      } else if (!sees(closure, source, writer) && !act(writer, source)) {
        return;
      }
    }
  }

  // The closure of edges; false if they make a cycle. `order_` is then a topological order.
  bool close(const std::vector<Edge>& edges, Closure& closure) {
    std::vector<size_t> begin(count_ + 1, 0);
    std::vector<int32_t> to(edges.size());
    std::vector<uint32_t> waiting(count_, 0);
    for (const Edge& edge : edges) ++begin[size_t(edge.from) + 1], ++waiting[size_t(edge.to)];
    for (size_t at = 0; at < count_; ++at) begin[at + 1] += begin[at];
    std::vector<size_t> next(begin.begin(), begin.end() - 1);
    for (const Edge& edge : edges) to[next[size_t(edge.from)]++] = edge.to;
    closure.assign(count_ * words_, 0);
    order_.clear();
    std::vector<int32_t> ready;  // a heap: the earliest first
    for (size_t at = 0; at < count_; ++at)
      if (waiting[at] == 0) ready.push_back(int32_t(at));
    std::make_heap(ready.begin(), ready.end(), std::greater<>());
    while (!ready.empty()) {
      std::pop_heap(ready.begin(), ready.end(), std::greater<>());
      const size_t node = size_t(ready.back());
      ready.pop_back();
      order_.push_back(int32_t(node));
      for (size_t at = begin[node]; at < begin[node + 1]; ++at) {
        const size_t after = size_t(to[at]);
        for (size_t word = 0; word < words_; ++word) closure[after * words_ + word] |= closure[node * words_ + word];
        closure[after * words_ + node / 64] |= 1ull << (node % 64);
        if (--waiting[after] > 0) continue;
        ready.push_back(int32_t(after));
        std::push_heap(ready.begin(), ready.end(), std::greater<>());
      }
    }
    return order_.size() == count_;
  }

  // Orders all writers as `order_` does; false if every read is right then. Otherwise a pair that is open, and matters.
  bool guess(std::pair<int32_t, int32_t>& open) {
    std::vector<int32_t> place(count_);
    for (size_t at = 0; at < count_; ++at) place[size_t(order_[at])] = int32_t(at);
    std::vector<Edge> edges = edges_;
    std::vector<std::vector<int32_t>> next(count_);
    for (std::vector<int32_t> writers : writers_) {
      std::sort(writers.begin(), writers.end(), [&](int32_t a, int32_t b) { return place[size_t(a)] < place[size_t(b)]; });
      for (size_t at = 1; at < writers.size(); ++at) edges.push_back({writers[at - 1], writers[at], Facts::kWw});
    }
    close(edges, guessed_);
    int32_t writer = -1, reader = -1;
    for (size_t at = 0; at < facts_.reads.size() && writer < 0; ++at)
      each_wrong(facts_.reads[at], guessed_, [&](int32_t one, int32_t other) {
        reader = facts_.reads[at].reader;
        writer = one == reader ? other : one;
        return false;
      });
    if (writer < 0) return false;
    open = open_on_the_way(edges, writer, reader);
    return true;
  }

  // The first guessed edge between two writers that nothing had ordered, on a way that the guess made.
  std::pair<int32_t, int32_t> open_on_the_way(const std::vector<Edge>& edges, int32_t from, int32_t to) const {
    std::vector<std::vector<int32_t>> following(count_);
    for (const Edge& edge : edges) following[size_t(edge.from)].push_back(edge.to);
    std::vector<int32_t> came(count_, -1), queue{from};
    for (size_t at = 0; at < queue.size() && came[size_t(to)] < 0; ++at)
      for (const int32_t after : following[size_t(queue[at])])
        if (came[size_t(after)] < 0 && after != from) {
          came[size_t(after)] = queue[at];
          queue.push_back(after);
        }
    for (int32_t node = to; node != from; node = came[size_t(node)])
      if (!sees(seen_, node, came[size_t(node)])) return {came[size_t(node)], node};
    return {from, to};
  }

  const Facts& facts_;
  const size_t count_, words_, bytes_;
  std::vector<Edge> edges_;                    // certain, then decided or forced
  std::vector<std::vector<int32_t>> writers_;  // by key: who took effect with a version of it
  std::vector<int32_t> order_;                 // of the last closure
  Closure seen_, guessed_;
  const std::chrono::steady_clock::time_point deadline_;
};

}  // namespace consistency
