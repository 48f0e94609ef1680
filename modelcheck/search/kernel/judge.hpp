// What is said of states and steps: constraints, properties, and whether a state that no step leaves is a fine place to end.
#pragma once

#include <cstdint>
#include <utility>

#include "expansion.hpp"
#include "modelcheck/statespace/kernel/walk.hpp"
#include "search.hpp"

namespace modelcheck {

// Evaluates what concerns the states that a worker meets, and notes what it finds, or which path is missing.
class Judge {
 public:
  explicit Judge(Search& search) : search_(search), counts_(search.plan.trees) {}

  const Miss& miss() const noexcept { return miss_; }
  // The state that the last miss was about, as a parent and which of its successors; kNobody stands for the parent itself.
  const std::pair<Ref, int64_t>& missed() const noexcept { return missed_; }
  // Whether that was this state renamed, which need not be reachable.
  bool missed_renamed() const noexcept { return missed_renamed_; }
  const Counts& counts() const noexcept { return counts_; }
  Counts& counts() noexcept { return counts_; }

 protected:
  enum class Settled : uint8_t { kIn, kOut, kMiss, kGrow, kAsymmetric };

  static constexpr int64_t kNobody = -1;

  // Finds out what the STEP predicates look at in a state.
  void glance(Expansion& e) {
    if (e.glanced || e.at.depth == 0 || search_.plan.steps.empty()) return;
    e.glanced = true;
    e.glance.clear();
    for (const Tree* tree : search_.plan.steps) {
      if (!settled(*tree)) e.glance.add(search_.space, e.state, *tree);
    }
  }

  // Whether it is known of a successor that is not made yet that all STEP predicates hold of the step to it.
  bool steps_hold(const Expansion& e, const Leaf& leaf) const {
    if (search_.plan.steps.empty()) return true;
    if (!e.glanced) return false;
    if (e.glance.misses(search_.space, leaf)) return true;
    const Foresight foresight(search_.space, e.state, leaf);
    for (const Tree* tree : search_.plan.steps) {
      if (!settled(*tree) && !foresight.holds(*tree)) return false;
    }
    return true;
  }

  // Counts evaluations of STEP predicates whose answers were known.
  void note_steps(uint64_t count) noexcept {
    for (const Tree* tree : search_.plan.steps) {
      if (!settled(*tree)) counts_.evaluations[tree->index()] += count;
    }
  }

  // Evaluates the predicates that concern a successor. A successor seen before was within bounds and satisfied the invariants then.
  Settled judge(Expansion& e, const Candidate& candidate, bool seen) {
    const auto& watched = search_.plan.watched;
    const Readers readers = touched(e, candidate);
    for (; e.judged < watched.size(); ++e.judged) {
      const Tree& tree = *watched[e.judged];
      const bool step = tree.role() == Role::kStep;
      if (!(step ? e.at.depth > 0 : !seen) || settled(tree)) continue;
      if (e.at.depth > 0) ++counts_.evaluations[tree.index()];
      // The state satisfied its constraints and invariants and was not what REACHABLE looks for, or the search would have ended or the tree been settled.
      // A STEP tree is evaluated until it is known to be asked of something: that none is false says nothing of that.
      if (step ? e.steps_hold && counts_.asked[tree.index()] != 0 : (readers & tree.reader()) == 0) continue;
      const Verdict verdict = evaluate(tree, e, step ? before(e) : e.state);
      if (verdict == Verdict::kMissing) {
        if (e.at.depth > 0) --counts_.evaluations[tree.index()];
        missed_ = {e.at.ref, candidate.ordinal};
        return Settled::kMiss;
      }
      if (verdict == Verdict::kFails && tree.role() == Role::kConstraint) return Settled::kOut;
      const bool decides = (verdict == Verdict::kHolds) == (tree.role() == Role::kReachable);
      if (decides && tree.role() != Role::kConstraint) record({tree.index(), e.at.depth + 1, e.at.ref, candidate.ordinal});
    }
    return Settled::kIn;
  }

  // Says of a state that no step leaves whether it is a fine place to end; if not, that is a deadlock, or worth a warning. False on a miss.
  bool check_end(Expansion& e) {
    if (e.ended || e.at.depth == 0 || e.moving > 0 || e.cut || !search_.space.check_deadlock()) return true;
    const auto& terminal = search_.plan.terminal;
    bool fine = e.successors == 0 ? search_.findings.decided(kDeadlock) : counts_.stuttering.ref != kVoid;
    for (; !fine && e.judged < terminal.size(); ++e.judged) {
      if (terminal[e.judged]->disabled()) continue;
      const Verdict verdict = evaluate(*terminal[e.judged], e, e.state);
      if (verdict == Verdict::kMissing) {
        missed_ = {e.at.ref, kNobody};
        return false;
      }
      ++counts_.evaluations[terminal[e.judged]->index()];
      fine = verdict == Verdict::kHolds;
    }
    if (!fine && e.successors == 0) record({kDeadlock, e.at.depth, e.at.ref, -1});
    if (!fine && e.successors > 0) counts_.stuttering = e.at;
    e.judged = 0;
    e.ended = true;
    return true;
  }

  virtual void note_finding() noexcept {}
  ~Judge() = default;

  Search& search_;
  Counts counts_;
  Miss miss_;
  std::pair<Ref, int64_t> missed_{kVoid, kNobody};
  bool missed_renamed_ = false;
  State::Undo undo_;  // Empty unless a successor is applied.

 private:
  enum class Verdict : uint8_t { kHolds, kFails, kMissing };

  // The predicates that may say of the successor something else than of the state. Nothing is known of the void state.
  Readers touched(const Expansion& e, const Candidate& candidate) const noexcept {
    if (e.at.depth == 0) return ~Readers{0};
    return kCrowd | (candidate.fingerprint == e.fingerprint ? 0 : search_.space.touched(*candidate.leaf));
  }

  // The state whose successor is made in its place.
  const State& before(Expansion& e) {
    if (!e.is_before) e.before->become(e.state, undo_);
    e.is_before = true;
    return *e.before;
  }

  bool settled(const Tree& tree) const noexcept { return tree.disabled() || search_.findings.decided(tree.index()); }

  // One leaf is enough for REACHABLE; all must be TRUE for the others.
  Verdict evaluate(const Tree& tree, const Expansion& e, const State& state) {
    bool any = false;
    bool all = true;
    miss_.scratch = &scratch_;
    miss_.walks = ++counts_.walks[tree.index()];
    Walk walk(search_.space, state, e.state, miss_);
    const bool complete = walk.over(tree, [&](Word word) {
      any |= word == kTrue;
      all &= word == kTrue;
      return true;
    });
    if (!complete) {
      miss_.state = state.snapshot();
      miss_.following = tree.role() == Role::kStep ? e.state.snapshot() : State::Undo();
      return Verdict::kMissing;
    }
    counts_.asked[tree.index()] |= any || !all;
    return (tree.role() == Role::kReachable ? any : all) ? Verdict::kHolds : Verdict::kFails;
  }

  void record(const Finding& finding) {
    search_.findings.record(finding);
    note_finding();
  }

  Scratch scratch_;  // Nothing: predicates have no leaves of their own.
};

}  // namespace modelcheck
