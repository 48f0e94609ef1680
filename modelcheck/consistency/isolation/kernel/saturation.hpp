// Read-committed, read-atomic and causal consistency, by saturation (Biswas and Enea 2019, section 4). Their
// read-committed is what Bailis and others (2013) call monotonic atomic view.
//
// If a transaction reads a key from one writer while another writer of that key is visible to it, then the other one came
// first. Adding all such edges either makes a cycle or leaves an order that explains the history. Visible is
//
// * to read-committed: whoever was read from earlier in the same transaction;
// * to read-atomic: whoever was read from, and the client's own earlier transactions;
// * to causal: whoever comes before by any chain of those. As a client's transactions follow each other, that is how far
//   each client has come: a number for each pair of a transaction and a client.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "dependencies.hpp"
#include "facts.hpp"

namespace consistency {

class Saturation {
 public:
  enum Level { kReadCommitted, kReadAtomic, kCausal };
  enum Answer { kAdded, kStale, kNoTime, kNoMemory };

  // The graph has the edges of sessions and reads, and no cycle of them.
  Saturation(const Facts& facts, Dependencies& graph, double seconds, size_t bytes)
      : facts_(facts), graph_(graph), bytes_(bytes),
        deadline_(std::chrono::steady_clock::now() +
                  std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds))) {}

  Answer run(Level level) {
    is_in_ = facts_.included();
    finals_begin_.assign(facts_.transactions() + 1, 0);
    for (const Facts::Final& last : facts_.finals) ++finals_begin_[size_t(last.writer) + 1];
    for (size_t at = 1; at < finals_begin_.size(); ++at) finals_begin_[at] += finals_begin_[at - 1];
    switch (level) {
      case kReadCommitted: return read_committed();
      case kReadAtomic: return read_atomic();
      default: return causal();
    }
  }

  // If stale: who wrote what was not read, and who read the first version instead.
  int32_t writer = -1, reader = -1;

  // An edge that was added: `before` was visible to a reader of what `after` wrote.
  struct Forced {
    int32_t before, after;
    Facts::Read read;
  };
  std::vector<Forced> forced;

 private:
  bool writes(int32_t transaction, int32_t key) const {
    for (size_t at = finals_begin_[size_t(transaction)]; at < finals_begin_[size_t(transaction) + 1]; ++at)
      if (facts_.key[size_t(facts_.finals[at].version)] == key) return true;
    return false;
  }

  // A writer of the key that a read is of is visible to the reader.
  bool see(const Facts::Read& read, int32_t other) {
    const int32_t key = facts_.key[size_t(read.version)], source = facts_.writer[size_t(read.version)];
    if (other == source || other == read.reader) return true;
    if (source >= 0) {
      graph_.add(other, source, Facts::kWw);
      forced.push_back({other, source, read});
      return true;
    }
    if (read.version != facts_.first[size_t(key)]) return true;  // of an aborted writer
    writer = other;
    reader = read.reader;
    return false;
  }

  bool is_late(size_t step) const { return step % 256 == 0 && std::chrono::steady_clock::now() > deadline_; }

  // Calls `act` with the reads of each reader, which follow one another.
  template <class Act>
  Answer each_reader(Act act) {
    const auto& reads = facts_.reads;
    for (size_t begin = 0, end, step = 1; begin < reads.size(); begin = end, ++step) {
      for (end = begin; end < reads.size() && reads[end].reader == reads[begin].reader;) ++end;
      if (!act(begin, end)) return kStale;
      if (is_late(step)) return kNoTime;
    }
    return kAdded;
  }

  bool see_sources(size_t at, size_t begin, size_t end) {
    const auto& reads = facts_.reads;
    for (size_t other = begin; other < end; ++other) {
      const int32_t source = facts_.writer[size_t(reads[other].version)];
      if (source >= 0 && writes(source, facts_.key[size_t(reads[at].version)]) && !see(reads[at], source)) return false;
    }
    return true;
  }

  Answer read_committed() {
    return each_reader([this](size_t begin, size_t end) {
      for (size_t at = begin; at < end; ++at)
        if (!see_sources(at, begin, at)) return false;
      return true;
    });
  }

  Answer read_atomic() {
    make_groups();
    return each_reader([this](size_t begin, size_t end) {
      const int32_t by = facts_.reads[begin].reader;
      for (size_t at = begin; at < end; ++at) {
        if (!see_sources(at, begin, end)) return false;
        const int32_t own = last_of(facts_.key[size_t(facts_.reads[at].version)], facts_.session[size_t(by)], turn_[size_t(by)]);
        if (own >= 0 && !see(facts_.reads[at], own)) return false;
      }
      return true;
    });
  }

  Answer causal() {
    make_groups();
    if (facts_.transactions() * clients_ * sizeof(int32_t) > bytes_) return kNoMemory;
    if (!make_clocks()) return kNoTime;
    return each_reader([this](size_t begin, size_t end) {
      const int32_t* clock = &clocks_[size_t(facts_.reads[begin].reader) * clients_];
      for (size_t at = begin; at < end; ++at)
        for (const Group& group : groups_[size_t(facts_.key[size_t(facts_.reads[at].version)])]) {
          const int32_t other = last_in(group, clock[size_t(group.session)]);
          if (other >= 0 && !see(facts_.reads[at], other)) return false;
        }
      return true;
    });
  }

  // The writers of a key in one session, in their order.
  struct Group {
    int32_t session;
    std::vector<int32_t> writers;
  };

  void make_groups() {
    turn_.assign(facts_.transactions(), 0);
    for (const int32_t session : facts_.session) clients_ = std::max(clients_, size_t(session) + 1);
    std::vector<int32_t> next(clients_, 0);
    for (size_t at = 0; at < turn_.size(); ++at)
      if (is_in_[at]) turn_[at] = next[size_t(facts_.session[at])]++;
    groups_.resize(facts_.first.size());
    for (const Facts::Final& last : facts_.finals) {
      if (!is_in_[size_t(last.writer)]) continue;
      auto& of_key = groups_[size_t(facts_.key[size_t(last.version)])];
      const int32_t session = facts_.session[size_t(last.writer)];
      auto found = std::lower_bound(of_key.begin(), of_key.end(), session,
                                    [](const Group& group, int32_t wanted) { return group.session < wanted; });
      if (found == of_key.end() || found->session != session) found = of_key.insert(found, {session, {}});
      found->writers.push_back(last.writer);
    }
  }

  // The last of a group's writers among the first `turns` transactions of its session, or -1.
  int32_t last_in(const Group& group, int32_t turns) const {
    const auto after = std::partition_point(group.writers.begin(), group.writers.end(),
                                            [&](int32_t writer) { return turn_[size_t(writer)] < turns; });
    return after == group.writers.begin() ? -1 : *(after - 1);
  }

  int32_t last_of(int32_t key, int32_t session, int32_t turns) const {
    for (const Group& group : groups_[size_t(key)])
      if (group.session == session) return last_in(group, turns);
    return -1;
  }

  // For each transaction how many of each client's come before it, along sessions and reads.
  bool make_clocks() {
    const size_t count = facts_.transactions();
    clocks_.assign(count * clients_, 0);
    std::vector<std::vector<int32_t>> following(count);
    std::vector<int32_t> waiting(count, 0), ready;
    for (int32_t edge = 0; edge < graph_.edges(); ++edge)
      if (graph_.edge_kind(edge) & (Facts::kSession | Facts::kWr)) {
        following[size_t(graph_.edge_from(edge))].push_back(graph_.edge_to(edge));
        ++waiting[size_t(graph_.edge_to(edge))];
      }
    for (size_t at = 0; at < count; ++at)
      if (waiting[at] == 0) ready.push_back(int32_t(at));
    for (size_t at = 0; at < ready.size(); ++at) {
      const size_t node = size_t(ready[at]);
      const int32_t* own = &clocks_[node * clients_];
      for (const int32_t after : following[node]) {
        int32_t* clock = &clocks_[size_t(after) * clients_];
        for (size_t client = 0; client < clients_; ++client) clock[client] = std::max(clock[client], own[client]);
        int32_t& turn = clock[size_t(facts_.session[node])];
        turn = std::max(turn, turn_[node] + 1);
        if (--waiting[size_t(after)] == 0) ready.push_back(after);
      }
      if (is_late(at)) return false;
    }
    return true;
  }

  const Facts& facts_;
  Dependencies& graph_;
  std::vector<uint8_t> is_in_;               // by transaction: whether it took effect
  std::vector<size_t> finals_begin_;         // by transaction: where its last versions begin
  std::vector<int32_t> turn_;                // by transaction: its place in its session
  std::vector<std::vector<Group>> groups_;   // by key
  std::vector<int32_t> clocks_;              // by transaction and client
  size_t clients_ = 0;
  const size_t bytes_;
  const std::chrono::steady_clock::time_point deadline_;
};

}  // namespace consistency
