// Exploring one state of each orbit, and making sure that it stands for the others.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "expansion.hpp"
#include "modelcheck/statespace/kernel/guards.hpp"
#include "modelcheck/statespace/kernel/walk.hpp"
#include "search.hpp"

namespace modelcheck {

// One worker's. What stands in the table for a state is the number of its orbit; all else is of the state that was met first. When a state is expanded it is compared
// with itself renamed: its successors, renamed, must be the successors of the renamed state by the same actions, and predicates must say the same of both.
class Reduction {
 public:
  enum class Answer : uint8_t { kSame, kOther, kMiss };

  explicit Reduction(Search& search)
      : search_(search), orbits_(*search.settings.orbits), renamed_(search.space), guards_(search.space, search.plan.actions),
        after_(!search.plan.steps.empty() ? std::make_unique<State>(search.space) : nullptr), walks_(search.plan.trees) {}

  // What the last comparison lacked.
  const Miss& miss() const noexcept { return miss_; }

  // Sums up the orbit of a state, and chooses the renamings that it is compared under: for the initial states together, some that generate all. False on a miss.
  bool sum(Expansion& e, Miss& miss) {
    if (!orbits_.sum(e.state, e.orbit, miss)) return false;
    changes_.clear();
    if (e.at.depth > 0) {
      e.weight = orbits_.size(e.orbit);
      const uint64_t number = orbits_.number_after(e.orbit, changes_, scratch_);
      choose(e, number, how_many(number));
    } else {
      e.renamings = orbits_.generators();
      begin_renamed(e);
    }
    return e.summed = true;
  }

  // What an action leads to when names are renamed, and unless it is known, the number of its orbit. False on a miss.
  bool add(Expansion& e, uint32_t tree, const Leaf& leaf, bool known, uint64_t& key, Miss& miss) {
    e.has_rare = note(leaf, !e.renamings.empty()) || e.has_rare;
    if (known && e.renamings.empty()) return true;
    if (!orbits_.changes(e.state, leaf, changes_, miss)) return false;
    const uint32_t family = orbits_.family(tree);
    for (size_t i = 0; i < e.renamings.size(); ++i) {
      e.renamed[i].successors += successor(family, e.renamed[i].fingerprint + orbits_.renamed_after(changes_, e.renamings[i]));
    }
    if (!known) key = orbits_.number_after(e.orbit, changes_, scratch_);
    return true;
  }

  // The same for an initial state.
  bool add_initial(Expansion& e, const Leaf& leaf, uint64_t fingerprint, uint64_t& key, Miss& miss) {
    if (!add(e, leaf.tree, leaf, false, key, miss)) return false;
    initial_ += successor(orbits_.family(leaf.tree), fingerprint);
    return true;
  }

  void add_cut(Expansion& e, uint32_t tree) const noexcept {
    for (Renamed& renamed : e.renamed) renamed.successors += cut(orbits_.family(tree));
  }

  // How many states the orbit of a successor has whose rows are there.
  uint64_t weigh(const Expansion& e, const Leaf& leaf) {
    orbits_.changes(e.state, leaf, changes_, miss_);
    return orbits_.size_after(e.orbit, changes_, weighed_);
  }

  // Whether the state, all of whose successors are settled, does what it does under the chosen renamings too.
  Answer compare(Expansion& e) {
    if (e.at.depth == 0) return initial_states(e);
    if (e.renamings.empty() && e.has_rare && !choose_late(e)) return Answer::kMiss;
    for (size_t i = 0; i < e.renamings.size(); ++i) {
      const Answer answer = compare_under(e, e.renamings[i], e.renamed[i]);
      if (answer != Answer::kSame) return answer;
    }
    return Answer::kSame;
  }

  // Whether a successor of the state, which is applied and out of bounds, is so under other names too.
  Answer compare_bounds(const Expansion& e) {
    for (const Renaming& renaming : e.renamings) {
      uint64_t fingerprint = 0;
      if (!orbits_.rename(e.state, renaming, renamed_, fingerprint, miss_)) return Answer::kMiss;
      const Answer answer = compare_constraints(e, renaming, true);
      if (answer != Answer::kSame) return answer;
    }
    return Answer::kSame;
  }

 private:
  // In a small search an asymmetry shows in few states and under few renamings. So until so many comparisons were made, a state is compared under all renamings (or as many as
  // may be listed, where there are more), then so many states under several, and then so many under one. Of those that are left it is one in four, and each state with a
  // step by a path that was compared in few states: what is asymmetric is a piece of code, and a large search has taken most pieces many times by then.
  static constexpr uint64_t kAllCompared = 4096;
  static constexpr uint32_t kAll = 120;
  static constexpr uint64_t kThorough = 1024;
  static constexpr uint32_t kSeveral = 5;
  static constexpr uint64_t kOneIn = 4;
  static constexpr uint8_t kRare = 64;

  uint32_t how_many(uint64_t number) noexcept {
    const uint64_t before = summed_++;
    if (orbits_.exhaustive()) return kAll;
    if (before < orbits_.each()) return compared_ < kAllCompared ? kAll : before < kThorough ? kSeveral : 1;
    return scramble(number + orbits_.seed()) % kOneIn == 0 ? 1 : 0;
  }

  void choose(Expansion& e, uint64_t number, uint32_t count) {
    orbits_.choose(number, count, e.renamings);
    compared_ += e.renamings.size();
    begin_renamed(e);
  }

  void begin_renamed(Expansion& e) const {
    e.renamed.assign(e.renamings.size(), Renamed());
    for (size_t i = 0; i < e.renamings.size(); ++i) e.renamed[i].fingerprint = orbits_.renamed_fingerprint(e.orbit, e.renamings[i]);
  }

  // Whether a leaf was met in few states that were compared; `compared` says that this is another one.
  bool note(const Leaf& leaf, bool compared) {
    if (leaf.label >= met_.size()) met_.resize(std::max<size_t>(leaf.label + 1, 2 * met_.size()));
    uint8_t& met = met_[leaf.label];
    if (met >= kRare) return false;
    met += compared ? 1 : 0;
    return true;
  }

  // A renaming for a state whose successors are known by now. False on a miss.
  bool choose_late(Expansion& e) {
    changes_.clear();
    choose(e, orbits_.number_after(e.orbit, changes_, scratch_), 1);
    scratch_leaves_.clear();
    const Renaming& renaming = e.renamings.front();
    Renamed& wanted = e.renamed.front();
    const bool complete = over_actions(e.state, e.fingerprint, [&](const Tree& tree, const Leaf* leaf, uint64_t) {
      const uint32_t family = orbits_.family(tree.index());
      if (leaf != nullptr && (!orbits_.changes(e.state, *leaf, changes_, miss_))) return false;
      wanted.successors += leaf == nullptr ? cut(family) : successor(family, wanted.fingerprint + orbits_.renamed_after(changes_, renaming));
      if (leaf != nullptr) note(*leaf, true);
      return true;
    });
    if (!complete) e.renamings.clear();
    return complete;
  }

  enum class Said : uint8_t { kTrue, kFalse, kMissing };

  Answer initial_states(const Expansion& e) {
    if (e.partial) return Answer::kSame;
    for (size_t i = 0; i < e.renamings.size(); ++i) {
      if (e.renamed[i].successors != initial_) return otherwise(e, kDeadlock, e.renamings[i]);
    }
    return Answer::kSame;
  }

  Answer compare_under(const Expansion& e, const Renaming& renaming, const Renamed& wanted) {
    const uint64_t fingerprint = wanted.fingerprint;
    orbits_.rename(e.orbit, renaming, renamed_);
    scratch_leaves_.clear();
    after_ready_ = false;
    unmoved_ = 0;
    failed_ = nullptr;
    uint64_t sum = 0;
    const bool complete = over_actions(renamed_, fingerprint, [&](const Tree& tree, const Leaf* leaf, uint64_t following) {
      sum += leaf == nullptr ? cut(orbits_.family(tree.index())) : successor(orbits_.family(tree.index()), following);
      return leaf == nullptr || after_ == nullptr || step(*leaf);
    });
    if (failed_ != nullptr) return otherwise(e, failed_->index(), renaming);
    if (!complete) return Answer::kMiss;
    if (sum != wanted.successors) return otherwise(e, acting_otherwise(e, renaming, fingerprint, wanted.fingerprint), renaming);
    const Answer within = compare_constraints(e, renaming, false);
    if (within != Answer::kSame) return within;
    const Answer said = compare_predicates(e, renaming);
    return said != Answer::kSame ? said : compare_end(e, renaming);
  }

  // Calls `visit` with each step out of a state; without a leaf for one that a bound cuts. False on a miss, or where `visit` says so.
  template <class Visit>
  bool over_actions(const State& state, uint64_t fingerprint, Visit&& visit) {
    miss_.scratch = &scratch_leaves_;
    Walk walk(search_.space, state, state, miss_);
    const std::vector<uint64_t> enabled = guards_.of(state);
    for (size_t word = 0; word < enabled.size(); ++word) {
      for (uint64_t bits = enabled[word]; bits != 0; bits &= bits - 1) {
        const Tree& tree = *search_.plan.actions[word * 64 + static_cast<size_t>(__builtin_ctzll(bits))];
        miss_.walks = ++walks_[tree.index()];
        const bool complete = walk.over(tree, [&](Word found) {
          if (is_cut(found)) return visit(tree, static_cast<const Leaf*>(nullptr), uint64_t{0});
          uint64_t following = fingerprint + leaf_of(found)->delta;
          return walk.add_open_writes(*leaf_of(found), following) && visit(tree, leaf_of(found), following);
        });
        if (complete) continue;
        if (!stepped_) miss_.state = state.snapshot();
        if (stepped_) miss_ = std::move(step_miss_);
        stepped_ = false;
        return false;
      }
    }
    return true;
  }

  // Whether the STEP predicates that hold of the state's steps hold of one of the renamed state too. False on a miss, and where one does not.
  bool step(const Leaf& leaf) {
    const Readers touched = kCrowd | search_.space.touched(leaf);
    bool applied = false;
    bool fine = true;
    for (const Tree* tree : search_.plan.watched) {
      if (tree->role() != Role::kStep || settled(*tree)) continue;
      const bool moved = (touched & tree->reader()) != 0;
      if (!moved && (unmoved_ & tree->reader()) != 0) continue;
      if (!std::exchange(applied, true)) apply_after(leaf);
      const Said said = evaluate(*tree, renamed_, *after_, step_miss_);
      if (said == Said::kTrue) {
        if (!moved) unmoved_ |= tree->reader();
        continue;
      }
      const Said inside = said == Said::kFalse ? within_bounds() : said;
      fine = inside == Said::kFalse;  // Where it leads is not looked at.
      stepped_ = inside == Said::kMissing;
      if (inside == Said::kTrue) failed_ = tree;
      break;
    }
    after_->revert(undo_);
    return fine;
  }

  // What the constraints say of the other state.
  Said within_bounds() {
    for (const Tree* tree : search_.plan.watched) {
      if (tree->role() != Role::kConstraint || settled(*tree)) continue;
      const Said said = evaluate(*tree, *after_, *after_, step_miss_);
      if (said != Said::kTrue) return said;
    }
    return Said::kTrue;
  }

  // Makes the other state the successor of the renamed one, until it is taken back.
  void apply_after(const Leaf& leaf) {
    if (!after_ready_) {
      after_->clear();
      for (const auto& [cell, id] : renamed_.snapshot()) after_->set(cell, id);
    }
    after_ready_ = true;
    after_->apply(leaf, undo_);
  }

  Answer compare_constraints(const Expansion& e, const Renaming& renaming, bool out) {
    const Tree* failing = nullptr;
    const Tree* any = nullptr;
    for (const Tree* tree : search_.plan.watched) {
      if (tree->role() != Role::kConstraint || settled(*tree)) continue;
      any = tree;
      const Said said = evaluate(*tree, renamed_, renamed_, miss_);
      if (said == Said::kMissing) return Answer::kMiss;
      if (said == Said::kFalse) failing = tree;
    }
    if (any == nullptr || (failing != nullptr) == out) return Answer::kSame;
    return otherwise(e, (failing != nullptr ? failing : any)->index(), renaming);
  }

  // The state itself satisfied the invariants, and was not what REACHABLE looks for, or the search would have ended or the tree been settled.
  Answer compare_predicates(const Expansion& e, const Renaming& renaming) {
    for (const Tree* tree : search_.plan.watched) {
      if (tree->role() == Role::kConstraint || tree->role() == Role::kStep || settled(*tree)) continue;
      const Said said = evaluate(*tree, renamed_, renamed_, miss_);
      if (said == Said::kMissing) return Answer::kMiss;
      if ((said == Said::kTrue) == (tree->role() == Role::kReachable) && !settled(*tree)) return otherwise(e, tree->index(), renaming);
    }
    return Answer::kSame;
  }

  // Whether both may be places to end, or neither.
  Answer compare_end(const Expansion& e, const Renaming& renaming) {
    if (e.moving > 0 || e.cut || !search_.space.check_deadlock()) return Answer::kSame;
    bool fine[2] = {false, false};
    for (const Tree* tree : search_.plan.terminal) {
      if (tree->disabled()) continue;
      for (const int which : {0, 1}) {
        const State& state = which == 0 ? e.state : renamed_;
        const Said said = evaluate(*tree, state, state, miss_);
        if (said == Said::kMissing) return Answer::kMiss;
        fine[which] |= said == Said::kTrue;
      }
    }
    return fine[0] == fine[1] ? Answer::kSame : otherwise(e, search_.plan.terminal.front()->index(), renaming);
  }

  bool settled(const Tree& tree) const noexcept { return tree.disabled() || search_.findings.decided(tree.index()); }

  Said evaluate(const Tree& tree, const State& state, const State& following, Miss& miss) {
    bool any = false;
    bool all = true;
    miss.scratch = &scratch_leaves_;
    miss.walks = ++walks_[tree.index()];
    Walk walk(search_.space, state, following, miss);
    const bool complete = walk.over(tree, [&](Word word) {
      any |= word == kTrue;
      all &= word == kTrue;
      return true;
    });
    if (complete) return (tree.role() == Role::kReachable ? any : all) ? Said::kTrue : Said::kFalse;
    miss.state = state.snapshot();
    miss.following = tree.role() == Role::kStep ? following.snapshot() : State::Undo();
    return Said::kMissing;
  }

  // A tree of the first action that does something else; all their paths are there.
  int64_t acting_otherwise(const Expansion& e, const Renaming& renaming, uint64_t fingerprint, uint64_t image) {
    std::vector<std::pair<uint64_t, int64_t>> steps[2];
    over_actions(e.state, e.fingerprint, [&](const Tree& tree, const Leaf* leaf, uint64_t) {
      uint64_t number = cut(orbits_.family(tree.index()));
      if (leaf != nullptr && orbits_.changes(e.state, *leaf, changes_, miss_)) {
        number = successor(orbits_.family(tree.index()), image + orbits_.renamed_after(changes_, renaming));
      }
      steps[0].emplace_back(number, tree.index());
      return true;
    });
    over_actions(renamed_, fingerprint, [&](const Tree& tree, const Leaf* leaf, uint64_t following) {
      const uint32_t family = orbits_.family(tree.index());
      steps[1].emplace_back(leaf == nullptr ? cut(family) : successor(family, following), tree.index());
      return true;
    });
    int64_t found = kDeadlock;
    for (const int which : {0, 1}) {
      for (const auto& [number, tree] : steps[which]) {
        const auto is_it = [number = number](const auto& step) { return step.first == number; };
        const auto own = std::count_if(steps[which].begin(), steps[which].end(), is_it);
        if (own != std::count_if(steps[1 - which].begin(), steps[1 - which].end(), is_it) && (found == kDeadlock || tree < found)) found = tree;
      }
    }
    return found;
  }

  Answer otherwise(const Expansion& e, int64_t tree, const Renaming& renaming) {
    const std::lock_guard<std::mutex> lock(search_.asymmetric);
    if (search_.asymmetry == nullptr) search_.asymmetry.reset(new Asymmetry{tree, e.at.ref, renaming.to});
    return Answer::kOther;
  }

  Search& search_;
  const Orbits& orbits_;
  State renamed_;                // The state that is compared, renamed,
  Guards guards_;                // what it may enable,
  std::unique_ptr<State> after_; // and one of its successors; only with STEP trees.
  uint64_t summed_ = 0;          // States,
  uint64_t compared_ = 0;        // and under how many renamings they were compared in all.
  std::vector<uint8_t> met_;     // By the label of a leaf, which is the number of its path: in how many states it was compared, up to kRare.
  bool after_ready_ = false;     // Whether that is the renamed state, but for a step under way.
  uint64_t initial_ = 0;         // The sum over the initial states.
  Readers unmoved_ = 0;          // STEP predicates known to hold of a step of the renamed state that touches none of their cells.
  const Tree* failed_ = nullptr; // A STEP predicate that does not hold there,
  bool stepped_ = false;         // and whether one lacks something:
  Miss step_miss_;               // this.
  Miss miss_;
  Scratch scratch_leaves_;       // Leaves of runs of the renamed state that were not recorded.
  std::vector<uint64_t> walks_;  // By tree: how often it was walked in a renamed state.
  State::Undo undo_;
  Changes changes_;  // Scratch: of the step that is looked at,
  Orbit scratch_;    // the sums after it,
  Orbit weighed_;    // and once more.
};

}  // namespace modelcheck
