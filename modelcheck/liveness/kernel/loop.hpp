// A short fair loop through a state of a fair component.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "analysis.hpp"

namespace modelcheck {

// Begins with a shortest cycle, and adds what it lacks to be fair until it is. What is lacking is met in the order of nearness, so that the loop is short; the shortest
// one is hard to find.
class Loop {
 public:
  explicit Loop(Analysis& analysis) : analysis_(analysis), graph_(analysis.graph()), inside_(graph_.size()), tally_(analysis.fairness()) {}

  // The steps of the loop, each with the state that it leads to; none where a run may stop.
  std::vector<Edge> through(Number state) {
    if (analysis_.may_stop(state)) return {};
    gather(state);
    if (analysis_.must_visit_unmet()) duties_.push_back({kUnmet, false});
    for (;;) {
      std::vector<Edge> loop = build(state);
      if (!add_duties(state, loop)) return loop;
    }
  }

 private:
  static constexpr uint32_t kUnmet = UINT32_MAX - 1;  // In place of a requirement: a state where the goal is false.

  // What the loop must do: take a step of a requirement or, if it is weak, come to a state where it is not enabled.
  struct Duty {
    uint32_t requirement;
    bool weak;
    bool done = false;
  };

  struct Reached {
    Number state;
    size_t from;     // Its place among those reached; its own for the first.
    uint32_t label;  // Of the step to it.
  };

  // The component of the state among all fair states.
  void gather(Number state) {
    Components& components = analysis_.components();
    analysis_.fair().each([&](Number each) { components.forget(each); });
    components.restart();
    components.explore(state, analysis_.fair(), [](const Row&) {}, [&](const Number* begin, const Number* end, uint32_t id) {
      if (!components.in(state, id)) return;
      for (const Number* each = begin; each != end; ++each) inside_.add(*each);
    });
  }

  std::vector<Edge> build(Number state) {
    std::vector<Edge> loop;
    Number at = state;
    for (Duty& duty : duties_) duty.done = false;
    note_state(at);
    while (std::any_of(duties_.begin(), duties_.end(), [](const Duty& duty) { return !duty.done; })) at = go(at, loop, false, state);
    if (loop.empty() || at != state) go(at, loop, true, state);
    return loop;
  }

  // The shortest way inside the component to what fulfils a duty, or home.
  Number go(Number at, std::vector<Edge>& loop, bool home, Number state) {
    std::vector<Reached> reached{{at, 0, 0}};
    StateSet met(graph_.size());
    for (size_t i = 0; i < reached.size(); ++i) {
      Steps steps(graph_.row(reached[i].state));
      for (Edge edge{}; steps.next(edge);) {
        analysis_.patience().spend();
        if (edge.target == kOutside || !inside_.has(edge.target)) continue;
        const bool fits = home ? edge.target == state : fulfils(edge);
        if (!fits && (met.has(edge.target) || edge.target == at)) continue;
        met.add(edge.target);
        reached.push_back({edge.target, i, edge.label});
        if (fits) return take(reached, loop);
      }
    }
    throw std::runtime_error("a component has a state that cannot be reached from another; this is a bug, please report it");
  }

  Number take(const std::vector<Reached>& reached, std::vector<Edge>& loop) {
    const size_t before = loop.size();
    for (size_t i = reached.size() - 1; i != 0; i = reached[i].from) loop.push_back({reached[i].state, reached[i].label});
    std::reverse(loop.begin() + static_cast<std::ptrdiff_t>(before), loop.end());
    for (size_t i = before; i < loop.size(); ++i) {
      for (Duty& duty : duties_) duty.done |= takes(duty, loop[i].label);
      note_state(loop[i].target);
    }
    return loop.back().target;
  }

  bool takes(const Duty& duty, uint32_t label) const noexcept { return duty.requirement != kUnmet && analysis_.fairness().of(label) == duty.requirement; }

  bool fulfils(const Edge& edge) const {
    return std::any_of(duties_.begin(), duties_.end(), [&](const Duty& duty) { return !duty.done && (takes(duty, edge.label) || met_in(duty, edge.target)); });
  }

  void note_state(Number state) {
    for (Duty& duty : duties_) duty.done |= met_in(duty, state);
  }

  bool met_in(const Duty& duty, Number state) const {
    if (duty.requirement == kUnmet) return analysis_.unmet().has(state);
    return duty.weak && !enabled(duty.requirement, state);
  }

  bool enabled(uint32_t requirement, Number state) const noexcept {
    Steps steps(graph_.row(state));
    for (Edge edge{}; steps.next(edge);) {
      if (analysis_.fairness().of(edge.label) == requirement) return true;
    }
    return false;
  }

  // What the loop by itself lacks. False when it lacks nothing.
  bool add_duties(Number state, const std::vector<Edge>& loop) {
    tally_.clear();
    std::vector<Number> states{state};
    for (const Edge& step : loop) states.push_back(step.target);
    std::sort(states.begin(), states.end());
    states.erase(std::unique(states.begin(), states.end()), states.end());
    for (const Number each : states) {
      Steps steps(graph_.row(each));
      for (Edge edge{}; steps.next(edge);) {
        const uint32_t requirement = analysis_.fairness().of(edge.label);
        if (requirement != kNone) tally_.enabled(each, requirement);
      }
    }
    for (const Edge& step : loop) {
      const uint32_t requirement = analysis_.fairness().of(step.label);
      if (requirement != kNone) tally_.taken(requirement);
    }
    bool lacking = false;
    for (const uint32_t requirement : tally_.touched()) {
      const bool weak = analysis_.fairness().strong[requirement] == 0;
      const Tally::Entry& entry = tally_.of(requirement);
      if (entry.taken || (weak && entry.enabled < states.size())) continue;
      duties_.push_back({requirement, weak});
      lacking = true;
    }
    return lacking;
  }

  Analysis& analysis_;
  const Graph& graph_;
  StateSet inside_;  // The component.
  Tally tally_;
  std::vector<Duty> duties_;
};

}  // namespace modelcheck
