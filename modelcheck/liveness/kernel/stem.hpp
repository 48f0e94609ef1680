// The shortest run to one of several states.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "analysis.hpp"

namespace modelcheck {

// A shortest run from an initial state to a target in which the property is pending at the end. Ties are broken by fingerprints, which do not depend on who found which state
// first, so that any number of workers gives the same run. Breadth-first, in two layers: runs at whose end nothing is pending yet, and those that have stayed in the
// region since it began. Eight bytes per state that is met.
class Stem {
 public:
  // `fingerprints` by number.
  Stem(Analysis& analysis, const uint64_t* fingerprints) : analysis_(analysis), graph_(analysis.graph()), fingerprints_(fingerprints), free_(graph_.size()), pending_(graph_.size()) {}

  // The numbers of its states.
  std::vector<Number> to(const StateSet& targets) {
    for (const Number state : graph_.initial()) discover(state);
    close_level();
    while (!reached(targets)) {
      if (free_.began == free_.order.size() && pending_.began == pending_.order.size()) throw std::runtime_error("a state cannot be reached that was; this is a bug, please report it");
      expand();
      close_level();
    }
    return back(nearest(targets));
  }

 private:
  // One layer: its states in the order of their discovery.
  struct Layer {
    explicit Layer(Number size) : met(size) {}

    StateSet met;
    std::vector<Number> order;
    std::vector<size_t> levels;  // Where each level begins; the last entry is where the next one will.
    size_t began = 0;            // Where the newest level begins.

    void add(Number state) {
      if (met.has(state)) return;
      met.add(state);
      order.push_back(state);
    }
  };

  // Whether runs are pending from the first state on, pending from where the premise is true, or pending whatever happened.
  bool begins_pending() const noexcept { return analysis_.question().kind == Kind::kEventually; }
  bool pends_later() const noexcept { return analysis_.question().kind == Kind::kLeadsTo; }
  const Layer& final_layer() const noexcept { return begins_pending() || pends_later() ? pending_ : free_; }

  void discover(Number state) {
    if (!begins_pending()) free_.add(state);
    if ((begins_pending() || pends_later()) && analysis_.start().has(state)) pending_.add(state);
  }

  void close_level() {
    for (Layer* layer : {&free_, &pending_}) {
      if (layer->levels.empty()) layer->levels.push_back(0);
      layer->began = layer->levels.back();
      layer->levels.push_back(layer->order.size());
    }
  }

  void expand() {
    const size_t free_end = free_.order.size(), pending_end = pending_.order.size();
    for (size_t i = free_.began; i < free_end; ++i) {
      follow(free_.order[i], [this](Number target) { discover(target); });
    }
    for (size_t i = pending_.began; i < pending_end; ++i) {
      follow(pending_.order[i], [this](Number target) {
        if (analysis_.region().has(target)) pending_.add(target);
      });
    }
  }

  template <typename Visit>
  void follow(Number state, Visit&& visit) {
    if (!graph_.has(state)) return;
    Steps steps(graph_.row(state));
    for (Edge edge{}; steps.next(edge);) {
      analysis_.patience().spend();
      if (edge.target != kOutside) visit(edge.target);
    }
  }

  bool reached(const StateSet& targets) const noexcept {
    const Layer& layer = final_layer();
    for (size_t i = layer.began; i < layer.order.size(); ++i) {
      if (targets.has(layer.order[i])) return true;
    }
    return false;
  }

  Number nearest(const StateSet& targets) const noexcept {
    const Layer& layer = final_layer();
    Number best = kOutside;
    for (size_t i = layer.began; i < layer.order.size(); ++i) {
      const Number state = layer.order[i];
      if (targets.has(state) && before(state, best)) best = state;
    }
    return best;
  }

  bool before(Number state, Number other) const noexcept { return other == kOutside || fingerprints_[state] < fingerprints_[other]; }

  // From the target back through the levels; of the predecessors on a level the one with the least fingerprint.
  std::vector<Number> back(Number state) {
    std::vector<Number> path{state};
    bool pending = &final_layer() == &pending_;
    for (size_t level = pending_.levels.size() - 2; level-- > 0;) {
      Number best = kOutside;
      bool best_pending = pending;
      if (pending) best = predecessor(pending_, level, state);
      if (!pending || (pends_later() && analysis_.start().has(state))) {
        const Number other = predecessor(free_, level, state);
        if (other != kOutside && before(other, best)) {
          best = other;
          best_pending = false;
        }
      }
      state = best;
      pending = best_pending;
      path.push_back(state);
    }
    return {path.rbegin(), path.rend()};
  }

  Number predecessor(const Layer& layer, size_t level, Number state) {
    Number best = kOutside;
    for (size_t i = layer.levels[level]; i < layer.levels[level + 1]; ++i) {
      const Number source = layer.order[i];
      follow(source, [&](Number target) {
        if (target == state && before(source, best)) best = source;
      });
    }
    return best;
  }

  Analysis& analysis_;
  const Graph& graph_;
  const uint64_t* fingerprints_;
  Layer free_;     // Runs at whose end nothing is pending yet; ALWAYS_EVENTUALLY and EVENTUALLY_ALWAYS know no others.
  Layer pending_;  // EVENTUALLY and LEADS_TO: runs at whose end the property is pending.
};

}  // namespace modelcheck
