// The search for an order of versions that closes no cycle: a solver of boolean choices whose theory is acyclicity.
//
// Choose for one pair of writers that the order of the graph does not settle, add the edges; learn from the labels of a
// cycle which choices cannot go together, and go back to where the first of them was made (Marques-Silva and Sakallah,
// "GRASP", 1996; Bayless and others, "SAT Modulo Monotonic Theories", 2015). What is learned holds for good, so that the
// search ends, with an order or with the proof that there is none.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "acyclic.hpp"
#include "polygraph.hpp"

namespace consistency {

class OrderSearch {
 public:
  enum Answer { kHolds, kViolated, kNoTime, kNoMemory, kStopped };
  using Stop = bool (*)(void* asked);  // whether whoever waits has had enough; asked every 50 ms
  using Literal = Polygraph::Literal;
  using Edge = Polygraph::Edge;

  OrderSearch(const Polygraph& polygraph, double seconds, size_t bytes, Stop stop, void* asked)
      : polygraph_(polygraph), graph_(polygraph.nodes()), choices_(polygraph.pairs() + 1),
        watching_(2 * (polygraph.pairs() + 1)), activity_(polygraph.pairs() + 1, 0), bytes_(bytes),
        stop_(stop), asked_(asked), looked_(std::chrono::steady_clock::now()),
        deadline_(looked_ +
                  std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds))) {}

  // `wish` suggests an order of the transactions to begin with.
  Answer run(const std::vector<int32_t>& wish) {
    for (const Edge& edge : polygraph_.certain())
      polygraph_.each_copy(edge, [this](int32_t from, int32_t to) { graph_.add_unsorted(from, to, 0); });
    std::vector<int32_t> place(graph_.nodes(), 0);
    for (size_t at = 0; at < wish.size(); ++at)
      for (size_t node = size_t(wish[at]); node < graph_.nodes(); node += wish.size()) place[node] = int32_t(at);
    if (!graph_.sort(place)) return kViolated;
    for (size_t pair = 1; pair < choices_.size(); ++pair) push(uint32_t(pair));
    uint64_t rest = kRestart, restarts = 1;
    for (uint64_t steps = 0;; ++steps) {
      if (propagate()) {
        if (rest == 0) {
          rest = kRestart * luby(++restarts);
          go_back(0);
        } else if (!decide()) {
          return kHolds;
        }
      } else {
        if (limits_.empty()) return kViolated;
        learn();
        if (rest > 0) --rest;
      }
      if (steps % 64 == 0) {
        const auto now = std::chrono::steady_clock::now();
        if (now > deadline_) return kNoTime;
        if (now - looked_ > std::chrono::milliseconds(50)) {
          if (stop_(asked_)) return kStopped;
          looked_ = now;
        }
      }
      if (pool_.size() * sizeof(Literal) > bytes_) return kNoMemory;
    }
  }

  // If violated: edges among which there is a cycle, or which no choice for some pair can be added to.
  std::vector<Edge> edges() const {
    std::vector<Edge> found = polygraph_.certain();
    for (const Literal literal : trail_)
      polygraph_.each_edge(literal, [&found](const Edge& edge) { found.push_back(edge); });
    return found;
  }

  uint64_t conflicts() const { return conflicts_; }

 private:
  struct Choice {
    int32_t reason = -1;   // the clause that forced it
    uint32_t level = 0;    // the decisions before it
    int8_t value = 0;      // 1: the first writer comes first, -1: the second, 0: open
    bool is_marked = false;
    int32_t place = -1;    // in heap_
  };
  struct Clause {
    uint32_t begin, size;  // in pool_; the first two literals are watched
  };
  struct Copy {
    int32_t from, to;
  };

  Choice& choice(Literal literal) { return choices_[size_t(std::abs(literal))]; }
  int value(Literal literal) const {
    const int8_t value = choices_[size_t(std::abs(literal))].value;
    return literal > 0 ? value : -value;
  }
  static size_t watched(Literal literal) { return 2 * size_t(std::abs(literal)) + (literal < 0); }

  void assign(Literal literal, int32_t reason) {
    Choice& made = choice(literal);
    made.value = literal > 0 ? 1 : -1;
    made.reason = reason;
    made.level = uint32_t(limits_.size());
    trail_.push_back(literal);
  }

  // Adds the edges of all choices made and makes those that follow; false leaves the contradiction in conflict_.
  bool propagate() {
    while (head_ < trail_.size()) {
      const Literal literal = trail_[head_++];
      begun_.push_back(copies_.size());
      if (!add_edges(literal) || !visit_clauses(literal)) return false;
    }
    return true;
  }

  bool add_edges(Literal literal) {
    bool is_fine = true;
    polygraph_.each_edge(literal, [&](const Edge& edge) {
      polygraph_.each_copy(edge, [&](int32_t from, int32_t to) {
        if (!is_fine) return;
        is_fine = graph_.add(from, to, literal, labels_);
        if (is_fine) copies_.push_back({from, to});
      });
    });
    if (is_fine) return true;
    conflict_.assign(1, -literal);
    choice(literal).is_marked = true;
    for (const int32_t label : labels_)
      if (label != 0 && !choice(label).is_marked) {
        choice(label).is_marked = true;
        conflict_.push_back(-label);
      }
    for (const Literal member : conflict_) choice(member).is_marked = false;
    return false;
  }

  bool visit_clauses(Literal literal) {
    std::vector<int32_t>& list = watching_[watched(-literal)];
    size_t kept = 0;
    for (size_t at = 0; at < list.size(); ++at) {
      const int32_t clause = list[at];
      Literal* members = &pool_[clauses_[size_t(clause)].begin];
      const uint32_t size = clauses_[size_t(clause)].size;
      if (members[0] == -literal) std::swap(members[0], members[1]);
      if (value(members[0]) > 0) {
        list[kept++] = clause;
        continue;
      }
      uint32_t next = 2;
      while (next < size && value(members[next]) < 0) ++next;
      if (next < size) {
        std::swap(members[1], members[next]);
        watching_[watched(members[1])].push_back(clause);
        continue;
      }
      list[kept++] = clause;
      if (value(members[0]) < 0) {
        conflict_.assign(members, members + size);
        while (++at < list.size()) list[kept++] = list[at];
        list.resize(kept);
        return false;
      }
      assign(members[0], clause);
    }
    list.resize(kept);
    return true;
  }

  // Learns a clause from conflict_, in which one choice only was made after the last decision, and goes back.
  void learn() {
    ++conflicts_;
    std::vector<Literal> learned(1);
    std::vector<Literal> reason = conflict_;
    std::vector<Literal> marked;
    size_t open = 0, at = trail_.size();
    Literal last = 0;
    do {
      for (const Literal member : reason) {
        Choice& made = choice(member);
        if (member == last || made.is_marked || made.level == 0) continue;
        made.is_marked = true;
        marked.push_back(member);
        bump(uint32_t(std::abs(member)));
        if (made.level == limits_.size()) {
          ++open;
        } else {
          learned.push_back(member);
        }
      }
      while (!choice(trail_[--at]).is_marked) {
      }
      last = trail_[at];
      choice(last).is_marked = false;
      if (--open > 0) {
        const Clause& clause = clauses_[size_t(choice(last).reason)];
        reason.assign(pool_.begin() + clause.begin, pool_.begin() + clause.begin + clause.size);
      }
    } while (open > 0);
    learned[0] = -last;
    for (const Literal member : marked) choice(member).is_marked = false;
    step_ /= kDecay;
    keep(learned);
  }

  void keep(std::vector<Literal>& learned) {
    uint32_t level = 0;
    for (size_t at = 1; at < learned.size(); ++at)
      if (choice(learned[at]).level > level) {
        level = choice(learned[at]).level;
        std::swap(learned[1], learned[at]);
      }
    go_back(level);
    int32_t reason = -1;
    if (learned.size() > 1) {
      reason = int32_t(clauses_.size());
      clauses_.push_back({uint32_t(pool_.size()), uint32_t(learned.size())});
      pool_.insert(pool_.end(), learned.begin(), learned.end());
      watching_[watched(learned[0])].push_back(reason);
      watching_[watched(learned[1])].push_back(reason);
    }
    assign(learned[0], reason);
  }

  void go_back(uint32_t level) {
    if (limits_.size() <= level) return;
    const size_t size = limits_[level];
    while (begun_.size() > size) {
      while (copies_.size() > begun_.back()) {
        graph_.remove(copies_.back().from, copies_.back().to);
        copies_.pop_back();
      }
      begun_.pop_back();
    }
    while (trail_.size() > size) {
      const uint32_t pair = uint32_t(std::abs(trail_.back()));
      choices_[pair].value = 0;
      if (choices_[pair].place < 0) push(pair);
      trail_.pop_back();
    }
    head_ = size;
    limits_.resize(level);
  }

  // Chooses for an open pair neither of whose orders agrees with that of the graph, the one that took part in most
  // contradictions first. If there is none, the order of the graph is one of all versions, and nothing is left to choose.
  bool decide() {
    for (;;) {
      while (!heap_.empty()) {
        const Literal pair = Literal(pop());
        if (choices_[size_t(pair)].value != 0) continue;
        const int64_t one = against(pair), other = against(-pair);
        if (one == 0 || other == 0) {
          agreeing_.push_back(uint32_t(pair));
          continue;
        }
        limits_.push_back(trail_.size());
        assign(one < other ? pair : -pair, -1);
        return true;
      }
      if (graph_.repairs() == repairs_) return false;
      repairs_ = graph_.repairs();
      for (const uint32_t pair : agreeing_)
        if (choices_[pair].value == 0) push(pair);
      agreeing_.clear();
    }
  }

  // How far the edges of a choice go against the order of the graph.
  int64_t against(Literal literal) const {
    int64_t sum = 0;
    polygraph_.each_edge(literal, [&](const Edge& edge) {
      polygraph_.each_copy(edge, [&](int32_t from, int32_t to) {
        sum += std::max<int64_t>(0, int64_t(graph_.rank(from)) - graph_.rank(to));
      });
    });
    return sum;
  }

  // A heap of pairs by activity, those of lower number first.
  bool is_before(uint32_t a, uint32_t b) const {
    return activity_[a] != activity_[b] ? activity_[a] > activity_[b] : a < b;
  }
  void put(size_t place, uint32_t pair) {
    heap_[place] = pair;
    choices_[pair].place = int32_t(place);
  }
  void rise(size_t place) {
    const uint32_t pair = heap_[place];
    for (; place > 0 && is_before(pair, heap_[(place - 1) / 2]); place = (place - 1) / 2)
      put(place, heap_[(place - 1) / 2]);
    put(place, pair);
  }
  void sink(size_t place) {
    const uint32_t pair = heap_[place];
    for (size_t child; (child = 2 * place + 1) < heap_.size(); place = child) {
      if (child + 1 < heap_.size() && is_before(heap_[child + 1], heap_[child])) ++child;
      if (!is_before(heap_[child], pair)) break;
      put(place, heap_[child]);
    }
    put(place, pair);
  }
  void push(uint32_t pair) {
    heap_.push_back(pair);
    rise(heap_.size() - 1);
  }
  uint32_t pop() {
    const uint32_t pair = heap_.front(), last = heap_.back();
    heap_.pop_back();
    choices_[pair].place = -1;
    if (!heap_.empty()) {
      put(0, last);
      sink(0);
    }
    return pair;
  }
  void bump(uint32_t pair) {
    activity_[pair] += step_;
    if (activity_[pair] > kHuge) {
      for (double& activity : activity_) activity /= kHuge;
      step_ /= kHuge;
    }
    if (choices_[pair].place >= 0) rise(size_t(choices_[pair].place));
  }

  // 1 1 2 1 1 2 4 ... (Luby, Sinclair and Zuckerman 1993)
  static uint64_t luby(uint64_t at) {
    for (uint64_t size = 1;; size *= 2)
      if (at == 2 * size - 1) return size;
      else if (at < 2 * size - 1) return luby(at - (size - 1));
  }

  static constexpr uint64_t kRestart = 256;  // contradictions before all decisions are taken back
  static constexpr double kDecay = 0.95, kHuge = 1e100;

  const Polygraph& polygraph_;
  Acyclic graph_;
  std::vector<Choice> choices_;                 // by pair
  std::vector<std::vector<int32_t>> watching_;  // by literal: the clauses that watch it
  std::vector<double> activity_;                // by pair
  std::vector<uint32_t> heap_;                  // pairs that may be open
  std::vector<uint32_t> agreeing_;              // open pairs of which one order agreed with that of the graph
  uint64_t repairs_ = 0;                        // of the graph when the first of them was seen to agree
  std::vector<Literal> trail_;                  // the choices made, in order
  std::vector<size_t> limits_;                  // by level: the choices before its decision
  std::vector<size_t> begun_;                   // by choice whose edges were added: the copies before
  std::vector<Copy> copies_;                    // the edges added, in order
  std::vector<Clause> clauses_;
  std::vector<Literal> pool_, conflict_;
  std::vector<int32_t> labels_;                 // of the last cycle
  size_t head_ = 0;                             // choices whose edges were added
  double step_ = 1;
  uint64_t conflicts_ = 0;
  const size_t bytes_;
  const Stop stop_;
  void* const asked_;
  std::chrono::steady_clock::time_point looked_;  // when `stop_` was last asked
  const std::chrono::steady_clock::time_point deadline_;
};

}  // namespace consistency
