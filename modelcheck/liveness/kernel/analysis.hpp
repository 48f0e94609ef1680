// Whether a run can stay for ever where a property is not fulfilled, and be fair.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "components.hpp"
#include "graph.hpp"

namespace modelcheck {

enum class Kind : uint8_t { kEventually, kLeadsTo, kAlwaysEventually, kEventuallyAlways };

constexpr uint32_t kNone = UINT32_MAX;

// A property, by the bits of the rows.
struct Question {
  Kind kind;
  uint32_t goal;
  uint32_t premise;  // LEADS_TO only.
};

// What is assumed to be fair: requirements, each about the steps with some labels.
struct Fairness {
  std::vector<uint32_t> requirement_of;  // By label; kNone for steps that nothing is required of. Labels beyond the end are such.
  std::vector<uint8_t> strong;           // By requirement.

  uint32_t of(uint32_t label) const noexcept { return label < requirement_of.size() ? requirement_of[label] : kNone; }
};

// How a set of states fares with each requirement: enabled in how many of them, and taken between them or not.
class Tally {
 public:
  explicit Tally(const Fairness& fairness) : fairness_(fairness), entries_(fairness.strong.size()) {}

  struct Entry {
    uint32_t enabled = 0;    // States in which a step of it leads to another state.
    Number last = kOutside;  // The newest of them.
    bool taken = false;
  };

  void clear() noexcept {
    for (const uint32_t requirement : touched_) entries_[requirement] = Entry();
    touched_.clear();
  }

  void enabled(Number state, uint32_t requirement) {
    Entry& entry = entries_[requirement];
    if (entry.last == state) return;
    if (entry.enabled == 0) touched_.push_back(requirement);
    ++entry.enabled;
    entry.last = state;
  }

  void taken(uint32_t requirement) noexcept { entries_[requirement].taken = true; }

  // Whether a weak requirement is enabled in all of so many states, and never taken: no part of the set is fair then either.
  bool starves(uint64_t states) const noexcept {
    for (const uint32_t requirement : touched_) {
      const Entry& entry = entries_[requirement];
      if (!entry.taken && !fairness_.strong[requirement] && entry.enabled == states) return true;
    }
    return false;
  }

  // Whether a strong requirement is enabled somewhere, and never taken: what is fair has no state where it is enabled.
  bool neglects(uint32_t requirement) const noexcept {
    const Entry& entry = entries_[requirement];
    return entry.enabled > 0 && !entry.taken && fairness_.strong[requirement] != 0;
  }

  bool neglects_some() const noexcept {
    for (const uint32_t requirement : touched_) {
      if (neglects(requirement)) return true;
    }
    return false;
  }

  // Those enabled somewhere.
  const std::vector<uint32_t>& touched() const noexcept { return touched_; }
  const Entry& of(uint32_t requirement) const noexcept { return entries_[requirement]; }

 private:
  const Fairness& fairness_;
  std::vector<Entry> entries_;     // By requirement.
  std::vector<uint32_t> touched_;  // Requirements whose entry is not empty.
};

// Components of the states where the property is pending, and from them what is fair: E. A. Emerson and C.-L. Lei, "Modalities for model checking", Science of
// Computer Programming 8 (1987), in the recursive form for strong fairness of O. Lichtenstein and A. Pnueli, POPL 1985. A state by itself is a component, since a run may stop where
// nothing fair is enabled. Steps that leave the bounds count as enabled and never as taken.
class Analysis {
 public:
  Analysis(const Graph& graph, const Question& question, const Fairness& fairness, Poll poll)
      : graph_(graph),
        question_(question),
        fairness_(fairness),
        patience_(poll),
        components_(graph, patience_),
        tally_(fairness),
        region_(graph.size()),
        start_(graph.size()),
        unmet_(graph.size()),
        fair_(graph.size()),
        leaving_(graph.size()) {}

  void run() {
    mark();
    start_.each([this](Number state) {
      components_.explore(state, region_, [this](const Row& row) { note_leaving(row); }, Judge{*this, region_});
    });
    refine();
  }

  bool violated() const noexcept { return fair_states_ > 0; }
  // Whether the premise is true in some state; without one always.
  bool premise_met() const noexcept { return premise_met_; }
  // Steps out of the bounds from states where the property is pending.
  uint64_t leaving_steps() const noexcept { return leaving_steps_; }
  uint64_t fair_states() const noexcept { return fair_states_; }

  const Graph& graph() const noexcept { return graph_; }
  const Question& question() const noexcept { return question_; }
  const Fairness& fairness() const noexcept { return fairness_; }
  Patience& patience() noexcept { return patience_; }
  Components& components() noexcept { return components_; }

  const StateSet& region() const noexcept { return region_; }    // Where a run must stay for ever,
  const StateSet& start() const noexcept { return start_; }      // and where that begins.
  const StateSet& unmet() const noexcept { return unmet_; }      // Where the goal is false.
  const StateSet& fair() const noexcept { return fair_; }        // The states of all fair components.
  const StateSet& leaving() const noexcept { return leaving_; }  // Pending states with a step out of the bounds.

  // Whether a run may stop in a state of the region.
  bool may_stop(Number state) const noexcept {
    if (must_visit_unmet() && !unmet_.has(state)) return false;
    Steps steps(graph_.row(state));
    for (Edge edge{}; steps.next(edge);) {
      if (fairness_.of(edge.label) != kNone) return false;
    }
    return true;
  }

  bool must_visit_unmet() const noexcept { return question_.kind == Kind::kEventuallyAlways; }

 private:
  // Judges each component as it is found.
  struct Judge {
    Analysis& analysis;
    const StateSet& set;
    void operator()(const Number* begin, const Number* end, uint32_t id) const { analysis.judge(begin, end, id, set); }
  };

  void mark() {
    const Kind kind = question_.kind;
    premise_met_ = kind != Kind::kLeadsTo;
    graph_.each([&](const Row& row) {
      const bool met = row.bit(question_.goal);
      const bool premise = kind == Kind::kLeadsTo && row.bit(question_.premise);
      premise_met_ |= premise;
      if (!met) unmet_.add(row.source);
      if (met && kind != Kind::kEventuallyAlways) return;
      region_.add(row.source);
      if (kind != Kind::kEventually && (kind != Kind::kLeadsTo || premise)) start_.add(row.source);
    });
    if (kind != Kind::kEventually) return;
    for (const Number state : graph_.initial()) {
      if (region_.has(state)) start_.add(state);
    }
  }

  void note_leaving(const Row& row) {
    Steps steps(row);
    for (Edge edge{}; steps.next(edge) && edge.target == kOutside;) {
      ++leaving_steps_;
      leaving_.add(row.source);
    }
  }

  void judge(const Number* begin, const Number* end, uint32_t id, const StateSet& set) {
    if (end - begin == 1) {
      if (may_stop(*begin)) accept(begin, end);
      return;
    }
    if (must_visit_unmet() && !visits_unmet(begin, end)) return;
    tally_.clear();
    for (const Number* state = begin; state != end; ++state) tally(*state, id, set);

    if (tally_.starves(static_cast<uint64_t>(end - begin))) return;
    if (!tally_.neglects_some()) {
      accept(begin, end);
      return;
    }
    std::vector<Number> rest;
    for (const Number* state = begin; state != end; ++state) {
      if (!neglected_in(*state)) rest.push_back(*state);
    }
    if (!rest.empty()) rest_.push_back(std::move(rest));
  }

  bool visits_unmet(const Number* begin, const Number* end) const noexcept {
    for (const Number* state = begin; state != end; ++state) {
      if (unmet_.has(*state)) return true;
    }
    return false;
  }

  void tally(Number state, uint32_t id, const StateSet& set) {
    Steps steps(graph_.row(state));
    for (Edge edge{}; steps.next(edge);) {
      patience_.spend();
      const uint32_t requirement = fairness_.of(edge.label);
      if (requirement == kNone) continue;
      tally_.enabled(state, requirement);
      if (edge.target != kOutside && set.has(edge.target) && components_.in(edge.target, id)) tally_.taken(requirement);
    }
  }

  bool neglected_in(Number state) const noexcept {
    Steps steps(graph_.row(state));
    for (Edge edge{}; steps.next(edge);) {
      const uint32_t requirement = fairness_.of(edge.label);
      if (requirement != kNone && tally_.neglects(requirement)) return true;
    }
    return false;
  }

  void accept(const Number* begin, const Number* end) {
    for (const Number* state = begin; state != end; ++state) fair_.add(*state);
    fair_states_ += static_cast<uint64_t>(end - begin);
  }

  // Decomposes what was left of components, until nothing is. Each time a state leaves, so it ends.
  void refine() {
    StateSet set(rest_.empty() ? 0 : graph_.size());
    while (!rest_.empty()) {
      const std::vector<Number> states = std::move(rest_.back());
      rest_.pop_back();
      for (const Number state : states) {
        set.add(state);
        components_.forget(state);
      }
      components_.restart();
      for (const Number state : states) components_.explore(state, set, [](const Row&) {}, Judge{*this, set});
      for (const Number state : states) set.remove(state);
    }
  }

  const Graph& graph_;
  const Question question_;
  const Fairness& fairness_;
  Patience patience_;
  Components components_;
  Tally tally_;
  StateSet region_;
  StateSet start_;
  StateSet unmet_;
  StateSet fair_;
  StateSet leaving_;
  std::vector<std::vector<Number>> rest_;  // Of components: the states in which no strong requirement is neglected.
  uint64_t fair_states_ = 0;
  uint64_t leaving_steps_ = 0;
  bool premise_met_ = false;
};

}  // namespace modelcheck
