// The just-in-time frontier: all configurations that explain the history up to an event.
//
// A configuration is a state of the object with two sets of slots. `done` holds the operations in flight whose duty is
// fulfilled: they may return. `used` holds those that have been spent and cannot take effect any more. Most operations
// enter both sets at once; the exceptions are what keeps the frontier small.
//
// * A pure operation is done as soon as some state on the way gives its result. Taking it early can only help.
// * An overwrite may stay invisible, just before another overwrite. So one visible overwrite makes every overwrite in
//   flight done, and those remain unused: each may still show itself until it returns.
//   At its return it has the last chance: both futures are followed, with and without having shown itself.
// * An operation that never returns has no duty. It is only ever used.
// * Of several unused operations of one kind the one that returns first is used: exchanging two of them is harmless.
// * An overwrite that nothing observes before the next overwrite is not tried: it could as well be invisible.
// * Configuration A makes B superfluous if both have one state, A has done at least as much and used at most as much.
//
// Configurations move only when an operation returns, until it is done or has shown itself (Lowe, "Testing for
// linearizability", 2017, section 5). Sound and complete; exponential in the operations in flight in the worst case.
//
// Of the kinds in `reusable`, an operation that never returned may take effect any number of times. Then its use need not be
// remembered, and configurations are as few as if it had not been lost; what has no explanation now has none at all.
//
// With a width the frontier keeps only its best configurations. It may then still find an explanation, but no longer
// refute one.
#pragma once

#include <memory>
#include <unordered_map>

#include "configuration.hpp"
#include "events.hpp"
#include "lineage.hpp"

namespace consistency {

struct Stuck {
  int32_t state;                // where the configuration stands
  std::vector<int32_t> order;   // the operations that it put in order before
};

struct Answer {
  Outcome outcome = Outcome::holds;
  std::vector<int32_t> order;   // a linearization, if it holds
  int32_t unexplained = -1;     // the operation whose return nothing explains, if violated
  std::vector<Stuck> before;    // some configurations just before that return
  std::vector<int32_t> overused;  // kinds of which the order has more operations than there are (see `reusable_`)
  uint64_t steps = 0;           // steps tried
  uint64_t widest = 0;          // the largest number of configurations
};

template <int WORDS>
class Frontier {
 public:
  Frontier(const std::vector<Operation>& operations, const std::vector<Nature>& natures, int32_t initial,
           StepTable& table, Budget& budget, uint64_t width, const std::vector<bool>& reusable)
      : operations_(operations), natures_(natures), table_(table), budget_(budget), width_(width), initial_(initial),
        reusable_(reusable), is_relaxed_(std::count(reusable.begin(), reusable.end(), true) != 0),
        events_(events_of(operations)), slots_(events_, operations, reusable),
        lineage_(operations, natures, table, events_, slots_, initial), in_flight_(natures.size()) {}

  Answer run() {
    frontier_.push_back(Configuration{});
    frontier_[0].state = initial_;
    frontier_[0].node = -1;
    for (at_ = 0; at_ < events_.size(); ++at_) {
      const Event& event = events_[at_];
      if (!event.is_return) {
        call(event.operation);
        continue;
      }
      budget_.reached(at_ / 2);
      const Outcome outcome = finish(event.operation);
      if (outcome != Outcome::holds) return stopped(outcome, event.operation);
      lineage_.collect(frontier_);
    }
    answer_.order = lineage_.replay(frontier_[0].node, events_.size(), answer_.overused);
    answer_.steps = budget_.asked();
    return std::move(answer_);
  }

 private:
  using Set = SlotSet<WORDS>;
  using Configuration = consistency::Configuration<WORDS>;

  Nature nature(int32_t kind) const { return natures_[size_t(kind)]; }
  const Operation& operation(int32_t index) const { return operations_[size_t(index)]; }

  void call(int32_t index) {
    const int32_t kind = operation(index).kind;
    if (nature(kind) == Nature::pure && operation(index).finish == NEVER) return;
    if (nature(kind) == Nature::overwrite && slots_.of[size_t(index)] < 0) {
      const size_t state = size_t(table_.next(initial_, kind));
      if (state >= home_.size()) home_.resize(state + 1);
      home_[state] = true;
    }
    auto& group = in_flight_[size_t(kind)];
    if (group.empty()) {
      (nature(kind) == Nature::pure ? pure_kinds_ : step_kinds_).push_back(kind);
    }
    auto later = [&](int32_t other) { return operation(other).finish > operation(index).finish; };
    group.insert(std::find_if(group.begin(), group.end(), later), index);
    if (nature(kind) == Nature::overwrite && operation(index).finish != NEVER) overwrites_.insert(slots_.of[size_t(index)]);
    if (nature(kind) != Nature::pure) return;
    ++epoch_;
    for (Configuration& c : frontier_)
      if (table_.next(c.state, kind) >= 0) c.done.insert(slots_.of[size_t(index)]);
  }

  void leave(int32_t index) {
    const int32_t kind = operation(index).kind;
    auto& group = in_flight_[size_t(kind)];
    group.erase(std::find(group.begin(), group.end(), index));
    if (group.empty()) {
      auto& kinds = nature(kind) == Nature::pure ? pure_kinds_ : step_kinds_;
      kinds.erase(std::find(kinds.begin(), kinds.end(), kind));
    }
    overwrites_.erase(slots_.of[size_t(index)]);
    ++epoch_;
  }

  // The pure operations in flight that a state satisfies; remembered until one of them comes or goes.
  const Set& satisfied(int32_t state) {
    if (size_t(state) >= satisfied_.size()) satisfied_.resize(size_t(state) * 2 + 16);
    Satisfied& entry = satisfied_[size_t(state)];
    if (entry.epoch == epoch_) return entry.slots;
    entry.epoch = epoch_;
    entry.slots = Set{};
    for (int32_t kind : pure_kinds_)
      if (table_.next(state, kind) >= 0)
        for (int32_t index : in_flight_[size_t(kind)]) entry.slots.insert(slots_.of[size_t(index)]);
    return entry.slots;
  }

  Outcome finish(int32_t index) {
    const int32_t slot = slots_.of[size_t(index)];
    next_.clear();
    work_.clear();
    goal_ = slot;
    goal_may_show_ = nature(operation(index).kind) == Nature::overwrite && may_be_observed(index);
    for (const Configuration& c : frontier_) {
      const bool ready = c.done.contains(slot);
      if (ready) next_.push_back(c);
      if (!ready || (goal_may_show_ && !c.used.contains(slot))) work_.push_back(c);
    }
    if (!work_.empty()) {
      met_.clear();
      if (met_in_.size() > 4096) met_in_.clear();
      for (auto& bucket : met_in_) bucket.second.clear();
      for (const Configuration& c : next_) met_.insert(c);
      for (size_t at = 0; at < work_.size(); ++at) {
        if (!expand(at)) return table_.failed() ? Outcome::failed : Outcome::time_out;
        if ((at & 1023) == 0 && budget_.too_large(bytes())) return Outcome::memory_out;
        if (width_ != 0 && work_.size() > 8 * width_ &&
            (next_.size() > 4 * width_ || (is_relaxed_ && (table_.asks_python() || work_.size() > 64 * width_)))) {
          truncated_ = true;
          break;
        }
      }
      if (table_.failed()) return Outcome::failed;
    }
    if (next_.empty()) return truncated_ ? Outcome::truncated : Outcome::violated;
    for (Configuration& c : next_) {
      c.done.erase(slot);
      c.used.erase(slot);
      c.unobserved = false;
    }
    if (next_.size() > 1) keep_best();
    if (width_ != 0 && next_.size() > width_) {
      truncated_ = true;
      next_.resize(width_);
    }
    answer_.widest = std::max<uint64_t>(answer_.widest, next_.size());
    frontier_.swap(next_);
    leave(index);
    return Outcome::holds;
  }

  // Whether some operation that returns later than this overwrite is possible in the state that it leaves.
  bool may_be_observed(int32_t index) {
    constexpr size_t ASKED = 1024;
    if (natures_.size() > ASKED) return true;
    if (last_of_kind_.empty()) {
      last_of_kind_.resize(natures_.size());
      for (const Operation& o : operations_)
        last_of_kind_[size_t(o.kind)] = std::max(last_of_kind_[size_t(o.kind)], o.finish);
    }
    const int32_t state = table_.next(initial_, operation(index).kind);
    auto known = observed_until_.find(state);
    if (known == observed_until_.end()) {
      int64_t last = -1;
      for (size_t kind = 0; kind < natures_.size(); ++kind)
        if (nature(int32_t(kind)) != Nature::overwrite && table_.next(state, int32_t(kind)) >= 0)
          last = std::max(last, last_of_kind_[kind]);
      known = observed_until_.emplace(state, last).first;
    }
    return known->second > operation(index).finish;
  }

  // Tries each kind of step from one waiting configuration; false when the time is up.
  bool expand(size_t at) {
    for (int32_t kind : step_kinds_) {
      if (budget_.time_is_up()) return false;
      const bool overwriting = nature(kind) == Nature::overwrite;
      if (overwriting && work_[at].unobserved) continue;
      const auto& group = in_flight_[size_t(kind)];
      const Configuration& from = work_[at];
      auto unused = [&](int32_t index) {
        const int32_t slot = slots_.of[size_t(index)];
        return slot < 0 || !from.used.contains(slot);
      };
      const auto found = std::find_if(group.begin(), group.end(), unused);
      if (found == group.end()) continue;
      const int32_t state = table_.next(from.state, kind);
      const bool has_duty = operation(*found).finish != NEVER;
      if (state < 0 || (state == from.state && !has_duty && !overwriting)) continue;
      take(from, *found, state, overwriting, has_duty);
    }
    return true;
  }

  void take(const Configuration& from, int32_t index, int32_t state, bool overwriting, bool has_duty) {
    Configuration c = from;
    c.state = state;
    const int32_t slot = slots_.of[size_t(index)];
    slot >= 0 ? c.used.insert(slot) : void(++c.spent);
    if (has_duty) c.done.insert(slot);
    if (overwriting)
      c.done.insert_all(overwrites_);
    const Set& now = satisfied(state);
    c.unobserved = overwriting && now.is_within(c.done);
    c.done.insert_all(now);
    if (!met_.insert(c) || is_superfluous(c)) return;
    c.node = lineage_.add(from.node, index, at_);
    const bool arrived = c.done.contains(goal_);
    if (arrived) next_.push_back(c);
    if (!arrived || (goal_may_show_ && !c.used.contains(goal_))) work_.push_back(c);
  }

  // Whether a configuration met at this event makes another superfluous. Only asked once the event has become wide.
  bool is_superfluous(const Configuration& c) {
    constexpr size_t NARROW = 128, COMPARED = 256;
    if (met_.size() < NARROW) return false;
    auto& bucket = met_in_[c.state];
    const size_t compared = std::min(bucket.size(), COMPARED);
    for (size_t at = 0; at < compared; ++at) {
      if (!bucket[at].covers(c)) continue;
      if (at != 0) std::swap(bucket[at], bucket[at / 2]);
      return true;
    }
    bucket.push_back(c);
    return false;
  }

  // Whether an overwrite that may be reused leads to this state: all such states are a free step from each other.
  bool is_home(int32_t state) const { return size_t(state) < home_.size() && home_[size_t(state)]; }

  // Drops configurations that another makes superfluous, and puts the most promising ones first. Each is compared with
  // a bounded number of better ones of its state, so that a wide frontier costs no square.
  void keep_best() {
    constexpr size_t COMPARED = 192;
    ranked_.clear();
    for (size_t at = 0; at < next_.size(); ++at)
      ranked_.push_back({4 * (next_[at].used.size() + next_[at].spent) - next_[at].done.size(), uint32_t(at)});
    std::sort(ranked_.begin(), ranked_.end());
    kept_.clear();
    for (auto& bucket : by_state_) bucket.second.clear();
    for (const auto& [rank, at] : ranked_) {
      auto& bucket = by_state_[is_home(next_[at].state) ? HOME : next_[at].state];
      bool superfluous = false;
      const size_t compared = std::min(bucket.size(), COMPARED);
      for (size_t other = 0; other < compared && !superfluous; ++other)
        superfluous = kept_[bucket[other]].covers(next_[at]);
      if (superfluous) continue;
      bucket.push_back(uint32_t(kept_.size()));
      kept_.push_back(next_[at]);
    }
    if (by_state_.size() > 4096) by_state_.clear();
    next_.swap(kept_);
  }

  uint64_t bytes() const {
    return (frontier_.capacity() + next_.capacity() + work_.capacity() + kept_.capacity()) * sizeof(Configuration) +
           met_.bytes() + lineage_.bytes() + events_.capacity() * sizeof(Event);
  }

  Answer stopped(Outcome outcome, int32_t index) {
    answer_.outcome = outcome;
    answer_.unexplained = index;
    answer_.steps = budget_.asked();
    for (size_t at = 0; at < std::min<size_t>(frontier_.size(), 10); ++at) {
      std::vector<int32_t> order = lineage_.replay(frontier_[at].node, at_, answer_.overused);
      if (answer_.overused.empty()) answer_.before.push_back({frontier_[at].state, std::move(order)});
    }
    return std::move(answer_);
  }

  struct Satisfied {
    uint64_t epoch = 0;
    Set slots{};
  };

  const std::vector<Operation>& operations_;
  const std::vector<Nature>& natures_;  // by kind
  StepTable& table_;
  Budget& budget_;
  const uint64_t width_;   // configurations kept, or 0 for all
  const int32_t initial_;  // state
  const std::vector<bool>& reusable_;  // by kind: one operation that never returned may take effect any number of times
  const bool is_relaxed_;              // some kind is; states may then be without bound
  const std::vector<Event> events_;
  const Slots slots_;
  Lineage lineage_;                              // of the configurations
  std::vector<std::vector<int32_t>> in_flight_;  // by kind: operations in flight, the first to return first
  std::vector<int32_t> pure_kinds_, step_kinds_; // kinds in flight
  Set overwrites_{};                             // slots of overwrites in flight that will return
  std::vector<Configuration> frontier_;          // all that explains the events so far
  std::vector<Configuration> next_, work_, kept_;
  Met<WORDS> met_;                               // configurations met at this event
  std::vector<Satisfied> satisfied_;             // by state
  std::vector<std::pair<int32_t, uint32_t>> ranked_;
  std::unordered_map<int32_t, std::vector<uint32_t>> by_state_;
  static constexpr int32_t HOME = -1;  // in its place, all states that are home
  std::vector<bool> home_;             // by state
  std::unordered_map<int32_t, std::vector<Configuration>> met_in_;  // the same by state
  uint64_t epoch_ = 1;
  std::vector<int64_t> last_of_kind_;                    // by kind: its last return
  std::unordered_map<int32_t, int64_t> observed_until_;  // by state: the last return of an operation possible there
  int32_t goal_ = 0;            // slot of the operation that is about to return
  bool goal_may_show_ = false;  // it is an overwrite that somebody may still observe
  size_t at_ = 0;           // the event being handled
  bool truncated_ = false;  // some configuration was dropped because of the width
  Answer answer_;
};

// Runs the frontier with sets of a fitting size; `memory_out` when more operations are in flight than fit.
inline Answer run_frontier(const std::vector<Operation>& operations, const std::vector<Nature>& natures,
                           int32_t initial, StepTable& table, Budget& budget, uint64_t width,
                           const std::vector<bool>& reusable) {
  const int32_t slots = Slots(events_of(operations), operations, reusable).count;
  auto run = [&](auto words) {
    using Sized = Frontier<decltype(words)::value>;
    return std::make_unique<Sized>(operations, natures, initial, table, budget, width, reusable)->run();
  };
  if (slots <= 64) return run(std::integral_constant<int, 1>());
  if (slots <= 128) return run(std::integral_constant<int, 2>());
  if (slots <= 256) return run(std::integral_constant<int, 4>());
  if (slots <= 1024) return run(std::integral_constant<int, 16>());
  if (slots <= 8192) return run(std::integral_constant<int, 128>());
  Answer answer;
  answer.outcome = Outcome::memory_out;
  return answer;
}

inline Answer run_frontier(const std::vector<Operation>& operations, const std::vector<Nature>& natures,
                           int32_t initial, StepTable& table, Budget budget, uint64_t width) {
  return run_frontier(operations, natures, initial, table, budget, width, std::vector<bool>(natures.size()));
}

}  // namespace consistency
