// The one exploring step: expand a state, look its successors up, judge and store the new ones.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "expansion.hpp"
#include "judge.hpp"
#include "modelcheck/statespace/kernel/guards.hpp"
#include "recent.hpp"
#include "recording.hpp"
#include "reduction.hpp"
#include "search.hpp"
#include "modelcheck/statespace/kernel/walk.hpp"

namespace modelcheck {

enum class Pause : uint8_t { kMore, kLevelDone, kMiss, kGrow, kAsymmetric };

// Generates the successors of one state, and settles them one by one. The breadth-first, depth-first and random search differ in what they expand next and in what
// becomes of a new state, and share the rest.
class Worker : public Judge {
 public:
  Worker(Search& search, uint32_t index)
      : Judge(search), index_(index), log_(index), records_(search.settings.records),
        recording_(index, records_ ? search.settings.workers : 1),
        asks_recent_(!records_ || (search.plan.steps.empty() && search.settings.mode != Mode::kWalk)), counts_at_once_(search.settings.mode != Mode::kWalk),
        reduction_(search.settings.orbits == nullptr ? nullptr : std::make_unique<Reduction>(search)), guards_(search.space, search.plan.actions), recent_(records_) {}

  const TraceLog& log() const noexcept { return log_; }
  TraceLog& log() noexcept { return log_; }
  const Recording& recording() const noexcept { return recording_; }

  void publish(uint64_t stack_bytes) noexcept {
    Progress& progress = search_.progress[index_];
    if (counts_.beyond) search_.uncountable = true;
    progress.states.store(counts_.states, std::memory_order_relaxed);
    progress.orbits.store(counts_.orbits, std::memory_order_relaxed);
    progress.generated.store(counts_.generated, std::memory_order_relaxed);
    progress.out_of_bounds.store(counts_.out_of_bounds, std::memory_order_relaxed);
    progress.expanded.store(counts_.expanded, std::memory_order_relaxed);
    progress.depth.store(counts_.depth, std::memory_order_relaxed);
    progress.log_bytes.store(log_.bytes() + recording_.bytes(), std::memory_order_relaxed);
    progress.stack_bytes.store(stack_bytes, std::memory_order_relaxed);
  }

 protected:
  // Walks the trees that are left. False on a miss; the tree that missed is walked anew after that.
  bool generate(Expansion& e) {
    miss_.scratch = e.at.depth == 0 ? nullptr : &e.scratch;
    missed_renamed_ = false;
    if (reduction_ != nullptr && !e.summed && !reduction_->sum(e, miss_)) {
      missed_ = {e.at.ref, kNobody};
      return false;
    }
    Walk walk(search_.space, e.state, e.state, miss_);
    const bool complete = e.at.depth == 0 ? generate_initial(e, walk) : generate_enabled(e, walk);
    if (!complete) {
      miss_.state = e.state.snapshot();
      missed_ = {e.at.ref, kNobody};
      return false;
    }
    if (e.successors >> kOrdinalBits != 0) throw std::overflow_error("a state has more than 2**24 successors; bound its choices");
    e.generated = true;
    return true;
  }

  // Looks the next candidate up, and judges and stores it if it is new. On a miss, or when the table is full, the candidate is as before.
  Settled settle(Expansion& e) {
    const Candidate candidate = e.candidates[e.next];
    FingerprintTable::Place place{nullptr, 0, true};
    if (!candidate.known) place = search_.table.find(candidate.key);
    e.steps_hold = steps_hold(e, *candidate.leaf);
    if (place.found && e.steps_hold) {
      e.judged = 0;  // It may have been judged in part before a path was missing.
      note_steps(1);
      if (!records_) {
        recent_.add(candidate.fingerprint);
      } else {
        record_known(e, candidate, place);
      }
      count(e, candidate);
      return Settled::kIn;
    }
    return settle_slowly(e, candidate, place);
  }

  // Makes sure that a state renamed does what it does, renamed; `e.compared` says that it does.
  Settled compare(Expansion& e) {
    if (reduction_ == nullptr || e.compared) return Settled::kIn;
    const Settled found = settled_as(reduction_->compare(e), e);
    e.compared = found == Settled::kIn;
    return found;
  }

  // Evaluates the premises and goals of what must happen. False on a miss.
  bool value(Expansion& e) {
    if (!records_ || e.at.depth == 0) return true;
    const auto& trees = search_.plan.liveness;
    miss_.scratch = nullptr;
    for (; e.valued < trees.size(); ++e.valued) {
      Walk walk(search_.space, e.state, e.state, miss_);
      uint32_t found = 0;
      if (!walk.over(*trees[e.valued], [&](Word word) { return found = leaf_of(word)->label, true; })) {
        miss_.state = e.state.snapshot();
        missed_ = {e.at.ref, kNobody};
        return false;
      }
      recording_.value(e.row, e.valued, found);
    }
    return true;
  }

  // All successors of the state are settled.
  void finish(Expansion& e) {
    if (e.at.depth == 0) return;
    ++counts_.expanded;
    if (records_) recording_.write(e.row, e.at.ref, search_.settings.skips_met ? search_.plan.liveness.size() : 0);
  }

  // What becomes of a new state, which `state` holds.
  virtual void store(const State& state, uint64_t fingerprint, Origin origin, uint32_t depth) = 0;
  ~Worker() = default;

  const uint32_t index_;
  TraceLog log_;
  const bool records_;   // Whether steps are recorded,
  Recording recording_;  // and where.

 private:
  // Makes the successor in place, for as long as it is judged.
  class Applied {
   public:
    Applied(State& state, const Leaf& leaf, State::Undo& undo) : state_(state), undo_(undo) { state_.apply(leaf, undo_); }
    ~Applied() { state_.revert(undo_); }

   private:
    State& state_;
    State::Undo& undo_;
  };

  // There may be millions of initial states, so what is known of them is settled before more are asked for. A random walk chooses among all.
  bool generate_initial(Expansion& e, Walk& walk) {
    const auto& trees = search_.plan.init;
    for (; e.next_tree < trees.size(); ++e.next_tree) {
      if (!add_initial(e, walk, *trees[e.next_tree])) {
        const bool some = !e.candidates.empty();
        if (search_.settings.mode == Mode::kWalk) return some && search_.enough_initial;
        e.partial = some;
        return some;
      }
      e.passed = 0;
    }
    return true;
  }

  bool add_initial(Expansion& e, Walk& walk, const Tree& tree) {
    uint64_t passing = e.passed;
    return walk.over(tree, [&](Word word) {
      if (passing > 0) {
        --passing;
        return true;
      }
      const Leaf& leaf = *leaf_of(word);
      uint64_t fingerprint = e.fingerprint + leaf.delta;
      if (!walk.add_open_writes(leaf, fingerprint)) return false;
      uint64_t key = fingerprint;
      if (reduction_ != nullptr && !reduction_->add_initial(e, leaf, fingerprint, key, miss_)) return false;
      search_.table.prefetch(key);
      e.candidates.push_back({fingerprint, key, &leaf, static_cast<uint32_t>(e.successors++), false});
      ++e.passed;
      return true;
    });
  }

  bool generate_enabled(Expansion& e, Walk& walk) {
    const auto& trees = search_.plan.actions;
    glance(e);
    const std::vector<uint64_t>& enabled = guards_.of(e.state);
    for (size_t word = e.next_tree / 64; word < enabled.size(); ++word) {
      uint64_t bits = enabled[word];
      if (word == e.next_tree / 64) bits &= ~uint64_t{0} << e.next_tree % 64;
      for (; bits != 0; bits &= bits - 1) {
        const size_t tree = word * 64 + static_cast<size_t>(__builtin_ctzll(bits));
        if (add_candidates(e, walk, *trees[tree])) continue;
        e.next_tree = tree;
        return false;
      }
    }
    return true;
  }

  // All or, on a miss, none of the tree's leaves.
  bool add_candidates(Expansion& e, Walk& walk, const Tree& tree) {
    const size_t mark = e.candidates.size();
    const size_t inside = e.row.inside.size();
    const size_t outside = e.row.outside.size();
    const uint64_t before = e.successors;
    const uint64_t moving = e.moving;
    uint64_t seen = 0;
    uint64_t cuts = 0;
    miss_.walks = ++counts_.walks[tree.index()];
    if (reduction_ != nullptr) before_ = e.renamed;
    const bool complete = walk.over(tree, [&](Word word) {
      if (is_cut(word)) {
        ++cuts;
        if (reduction_ != nullptr) reduction_->add_cut(e, tree.index());
        if (records_) e.row.outside.push_back(leaf_of(word)->label);
        return true;
      }
      const Leaf& leaf = *leaf_of(word);
      uint64_t fingerprint = e.fingerprint + leaf.delta;
      if (!walk.add_open_writes(leaf, fingerprint)) return false;
      const bool known = e.at.depth > 0 && (fingerprint == e.fingerprint || (asks_recent_ && recent_.contains(fingerprint)));
      uint64_t key = fingerprint;
      if (reduction_ != nullptr && !reduction_->add(e, tree.index(), leaf, known, key, miss_)) return false;
      const auto ordinal = static_cast<uint32_t>(e.successors++);
      if (fingerprint != e.fingerprint) ++e.moving;
      if (known && counts_at_once_ && steps_hold(e, leaf)) {
        ++seen;
        if (records_ && fingerprint != e.fingerprint) recording_.step(e.row, recent_.number(fingerprint), leaf.label);
        return true;
      }
      if (!known) search_.table.prefetch(key);
      e.candidates.push_back({fingerprint, key, &leaf, ordinal, known});
      return true;
    });
    if (!complete) {
      if (reduction_ != nullptr) e.renamed = before_;
      e.candidates.resize(mark);
      e.row.inside.resize(inside);
      e.row.outside.resize(outside);
      e.successors = before;
      e.moving = moving;
      return false;
    }
    note_steps(seen);
    counts_.add(counts_.out_of_bounds, cuts, e.weight);
    counts_.add(counts_.dropped[tree.index()], cuts, e.weight);
    e.cut |= cuts > 0;
    counts_.add(counts_.generated, seen, e.weight);
    counts_.add(counts_.enabled[tree.index()], seen, e.weight);
    return true;
  }

  void count(const Expansion& e, const Candidate& candidate) noexcept {
    counts_.add(counts_.generated, 1, e.weight);
    counts_.add(counts_.enabled[candidate.leaf->tree], 1, e.weight);
  }

  Settled settle_slowly(Expansion& e, const Candidate& candidate, FingerprintTable::Place place) {
    if (!place.found && !has_room()) return Settled::kGrow;
    const uint64_t stands_for = reduction_ == nullptr || place.found ? 1 : reduction_->weigh(e, *candidate.leaf);
    const Applied applied(e.state, *candidate.leaf, undo_);
    missed_renamed_ = false;
    const Settled judged = judge(e, candidate, place.found);
    if (judged == Settled::kMiss) return judged;
    e.judged = 0;
    if (judged == Settled::kOut) {
      if (reduction_ != nullptr) {
        const Settled answer = settled_as(reduction_->compare_bounds(e), e);
        if (answer != Settled::kIn) return answer;
      }
      counts_.add(counts_.out_of_bounds, 1, e.weight);
      counts_.add(counts_.dropped[candidate.leaf->tree], 1, e.weight);
      if (records_) e.row.outside.push_back(candidate.leaf->label);
      return judged;
    }
    count(e, candidate);
    const Number number = records_ ? recording_.next(log_) : 0;
    const bool fresh = !place.found && claim(place, candidate.key, number);
    if (!records_) recent_.add(candidate.fingerprint);
    if (records_ && !fresh) record_known(e, candidate, place.found ? place : search_.table.find(candidate.fingerprint));
    if (!fresh) return judged;
    --room_;
    counts_.add(counts_.states, 1, stands_for);
    ++counts_.orbits;
    counts_.add(counts_.fresh[candidate.leaf->tree], 1, stands_for);
    if (records_) record_new(e, candidate, number);
    store(e.state, candidate.fingerprint, {e.at.ref, candidate.ordinal}, e.at.depth + 1);
    return judged;
  }

  // Records a step to a state that is in the table. Of the state itself the place may not be known.
  __attribute__((noinline)) void record_known(Expansion& e, const Candidate& candidate, FingerprintTable::Place place) {
    if (candidate.known) return;
    const Number number = search_.table.number(place);
    recent_.add(candidate.fingerprint, number);
    if (e.at.depth > 0 && candidate.fingerprint != e.fingerprint) recording_.step(e.row, number, candidate.leaf->label);
  }

  void record_new(Expansion& e, const Candidate& candidate, Number number) {
    recent_.add(candidate.fingerprint, number);
    if (e.at.depth == 0) {
      recording_.begin(number);
    } else {
      recording_.step(e.row, number, candidate.leaf->label);
    }
  }

  bool claim(FingerprintTable::Place place, uint64_t fingerprint, Number number) noexcept {
    return search_.settings.workers > 1 ? search_.table.claim<true>(place, fingerprint, number) : search_.table.claim<false>(place, fingerprint, number);
  }

  // Room is reserved in bulk, so that the workers do not contend for one counter.
  bool has_room() noexcept {
    if (room_ > 0) return true;
    const bool ends = search_.level.held();  // What is under way is brought to its end, within what is spare.
    if (!ends && search_.over_limit()) return false;
    const uint64_t share = search_.table.limit() / (16 * search_.settings.workers);
    room_ = search_.table.reserve(share < 1 ? 1 : share > 1024 ? 1024 : share, ends);
    return room_ > 0;
  }

  Settled settled_as(Reduction::Answer answer, const Expansion& e) {
    if (answer == Reduction::Answer::kSame) return Settled::kIn;
    if (answer == Reduction::Answer::kOther) return Settled::kAsymmetric;
    miss_ = reduction_->miss();
    missed_ = {e.at.ref, kNobody};
    missed_renamed_ = true;
    return Settled::kMiss;
  }

  const bool asks_recent_;     // Whether a successor met a moment ago needs no look into the table, which may be asked for its number.
  const bool counts_at_once_;  // Whether a successor known to be seen needs no candidate unless the step to it is judged: no walk chooses among all.
  std::unique_ptr<Reduction> reduction_;  // Null: each state stands for itself alone.
  std::vector<Renamed> before_;           // Scratch: what was known of the state renamed before a tree was walked.
  Guards guards_;
  Recent recent_;
  uint64_t room_ = 0;  // Fingerprints that may still be claimed before more room is reserved.
};

}  // namespace modelcheck
