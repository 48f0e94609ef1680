// A polygraph (Papadimitriou 1979): edges that are certain, and pairs of writers of a key of which one comes first.
//
// Choosing that `a` comes before `b` adds the edge a to b and one from every reader of a's version to b.
//
// Some levels forbid fewer cycles. They are all cycles of another graph:
//
// * Snapshot isolation forbids those without two adjacent rw edges: two copies of every node, for how it was entered, by a
//   rw edge or by another (Cerone and Gotsman 2018).
// * Prefix consistency lets a transaction read at one instant and write at a later one: two copies of every node, its
//   reads and its writes (Biswas and Enea 2019, section 5).
// * Cursor stability has no rw edges; but who writes what it read writes the next version (Adya 1999, section 4.3). That
//   no two read one version and wrote the key is seen beforehand.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace consistency {

class Polygraph {
 public:
  static constexpr uint8_t kWw = 1, kRw = 4, kOwn = 32;  // kOwn: from a transaction's reads to its writes
  struct Edge {
    int32_t from, to;
    uint8_t kind;  // one bit, as in dependencies.hpp
  };
  using Literal = int32_t;  // the number of a pair, from 1; negative if its second writer comes first
  enum Shape { kPlain, kSnapshot, kPrefix, kCursor };

  Polygraph(int32_t nodes, Shape shape) : nodes_(nodes), shape_(shape) {
    for (int32_t node = 0; shape == kPrefix && node < nodes; ++node) certain_.push_back({node, node, kOwn});
  }
  Shape shape() const { return shape_; }

  void add_certain(int32_t from, int32_t to, uint8_t kind) {
    if (from != to) certain_.push_back({from, to, kind});
  }

  // What belongs to a key follows its beginning: who read its first version, then its writers, each before its readers.
  void begin_key() { keys_.push_back(writers_.size()); }
  void add_first_reader(int32_t node) { first_readers_.push_back({keys_.size() - 1, node}); }
  void add_writer(int32_t node) { writers_.push_back({node, node, readers_.size(), readers_.size()}); }
  void add_reader(int32_t node) {
    readers_.push_back(node);
    ++writers_.back().end;
  }

  // Makes the pairs, once all is added; whether there is memory for them.
  bool pair_up(size_t bytes) {
    keys_.push_back(writers_.size());
    join_chains();
    add_first_readers();
    for (size_t key = 0; key + 1 < keys_.size(); ++key)
      for (size_t a = keys_[key]; a < keys_[key + 1]; ++a) {
        if ((pairs_.size() + keys_[key + 1] - a) * kBytesPerPair > bytes) return false;
        for (size_t b = a + 1; b < keys_[key + 1]; ++b) pairs_.push_back({uint32_t(a), uint32_t(b)});
      }
    return true;
  }

  size_t nodes() const { return size_t(nodes_) * (shape_ == kSnapshot || shape_ == kPrefix ? 2 : 1); }
  size_t pairs() const { return pairs_.size(); }
  const std::vector<Edge>& certain() const { return certain_; }

  // The edge, or its copies, of the graph that must have no cycle.
  template <class Act>
  void each_copy(const Edge& edge, Act act) const {
    if (shape_ == kPrefix) {
      const bool is_own_or_rw = edge.kind == kOwn || edge.kind == kRw;
      act(edge.from + (is_own_or_rw ? 0 : nodes_), edge.to + (is_own_or_rw || edge.kind == kWw ? nodes_ : 0));
    } else if (shape_ != kSnapshot) {
      act(edge.from, edge.to);
    } else if (edge.kind == kRw) {
      act(edge.from, edge.to + nodes_);
    } else {
      act(edge.from, edge.to);
      act(edge.from + nodes_, edge.to);
    }
  }

  // The edges that a choice adds.
  template <class Act>
  void each_edge(Literal literal, Act act) const {
    const Pair& pair = pairs_[size_t(std::abs(literal)) - 1];
    const Chain& before = writers_[literal > 0 ? pair.one : pair.other];
    const Chain& after = writers_[literal > 0 ? pair.other : pair.one];
    act(Edge{before.last, after.first, kWw});
    for (size_t r = before.begin; r < before.end && shape_ != kCursor; ++r)
      if (readers_[r] != after.first) act(Edge{readers_[r], after.first, kRw});
  }

 private:
  // Writers of one key that follow each other for certain, each having read the version before: one choice places all.
  struct Chain {
    int32_t first, last;  // nodes
    size_t begin, end;    // in readers_: who read the last one's version
  };
  struct Pair {
    uint32_t one, other;  // in writers_
  };

  // A reader of a version that writes the key itself writes the next version, but with prefix consistency.
  void join_chains() {
    if (shape_ == kPrefix) return;
    std::vector<Chain> joined;
    std::vector<size_t> keys;
    std::vector<int32_t> at(size_t(nodes_), -1), next, has_previous;
    for (size_t key = 0; key + 1 < keys_.size(); ++key) {
      const size_t begin = keys_[key], count = keys_[key + 1] - begin;
      keys.push_back(joined.size());
      for (size_t i = 0; i < count; ++i) at[size_t(writers_[begin + i].first)] = int32_t(i);
      next.assign(count, -1);
      has_previous.assign(count, 0);
      for (size_t i = 0; i < count; ++i) {
        const Chain& writer = writers_[begin + i];
        for (size_t r = writer.begin; r < writer.end && next[i] < 0; ++r) {
          const int32_t follower = at[size_t(readers_[r])];
          if (follower < 0 || size_t(follower) == i || has_previous[size_t(follower)]) continue;
          next[i] = follower;
          has_previous[size_t(follower)] = 1;
        }
      }
      // Writers that read from each other in a ring are left out: certain edges show the cycle.
      for (size_t i = 0; i < count; ++i)
        if (!has_previous[i]) join(begin, i, next, joined);
      for (size_t i = 0; i < count; ++i) at[size_t(writers_[begin + i].first)] = -1;
    }
    keys.push_back(joined.size());
    writers_ = std::move(joined);
    keys_ = std::move(keys);
  }

  // Who read the first version of a key comes before all its writers.
  void add_first_readers() {
    for (const auto& [key, reader] : first_readers_) {
      int32_t last = reader;
      for (size_t chain = keys_[key]; chain < keys_[key + 1]; ++chain)
        if (writers_[chain].first == reader) last = writers_[chain].last;
      for (size_t chain = keys_[key]; chain < keys_[key + 1]; ++chain) {
        if (shape_ != kCursor)
          add_certain(reader, writers_[chain].first, kRw);
        else if (is_first(key, reader) && writers_[chain].first != reader)
          add_certain(last, writers_[chain].first, kWw);
      }
    }
  }

  bool is_first(size_t key, int32_t node) const {
    for (size_t chain = keys_[key]; chain < keys_[key + 1]; ++chain)
      if (writers_[chain].first == node) return true;
    return false;
  }

  void join(size_t begin, size_t start, const std::vector<int32_t>& next, std::vector<Chain>& joined) {
    size_t at = start;
    while (next[at] >= 0) {
      const Chain& writer = writers_[begin + at];
      const int32_t follower = writers_[begin + size_t(next[at])].first;
      add_certain(writer.first, follower, kWw);
      for (size_t r = writer.begin; r < writer.end && shape_ != kCursor; ++r) add_certain(readers_[r], follower, kRw);
      at = size_t(next[at]);
    }
    const Chain& last = writers_[begin + at];
    joined.push_back({writers_[begin + start].first, last.first, last.begin, last.end});
  }

  static constexpr size_t kBytesPerPair = 96;  // with its choice, its watches and its edges, roughly

  const int32_t nodes_;
  const Shape shape_;
  std::vector<Edge> certain_;
  std::vector<Chain> writers_;    // before pairing, each of one writer
  std::vector<size_t> keys_;      // by key: where its writers begin
  std::vector<int32_t> readers_;
  std::vector<std::pair<size_t, int32_t>> first_readers_;  // a key, and who read its first version
  std::vector<Pair> pairs_;
};

}  // namespace consistency
