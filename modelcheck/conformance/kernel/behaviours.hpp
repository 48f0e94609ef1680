// The states in which the behaviours end that fit what was observed of a run, one observation after another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "modelcheck/conformance/kernel/layers.hpp"
#include "modelcheck/conformance/kernel/patterns.hpp"
#include "modelcheck/statespace/kernel/codec.hpp"
#include "modelcheck/statespace/kernel/walk.hpp"

namespace modelcheck {

class Behaviours {
 public:
  enum class Outcome : uint8_t { kMore, kDone, kMiss };
  enum class Need : uint8_t { kPath, kProjection, kUpdate, kMatch, kTest };

  static constexpr int64_t kAny = -1;

  explicit Behaviours(const Space& space) : space_(space), codec_(space), state_(space), before_(space), filter_(nullptr) {}

  uint32_t add_pattern() {
    patterns_.emplace_back();
    return static_cast<uint32_t>(patterns_.size() - 1);
  }

  void set_match(uint32_t pattern, uint32_t path, bool aligned, uint32_t differing) { patterns_.at(pattern).set(path, aligned, differing); }

  uint32_t add_test(Test::About about, uint32_t where) {
    tests_.push_back({about, where, {}});
    return static_cast<uint32_t>(tests_.size() - 1);
  }

  void set_answer(uint32_t test, uint64_t key, bool answer) { tests_.at(test).answers[key] = answer; }

  // Forgets everything but patterns and tests.
  void clear() {
    drop(present_);
    drop(next_);
    cut_ = false;
  }

  void add_initial(const State::Undo& ids, uint32_t number) {
    state_.clear();
    uint64_t fingerprint = 0;
    for (const auto& [cell, id] : ids) {
      state_.set(cell, id);
      fingerprint += mix(cell, id);
    }
    present_.push(codec_, state_, fingerprint, origins_.add(Origins::kNone, number));
  }

  // Begins to look for the states after an observation: by a step of a tree that fits a pattern (each kAny for none), in which all tests are true.
  // More than `most` are not kept: then the choice among them depends on their fingerprints only, and `truncated` says so.
  void begin(int64_t tree, int64_t pattern, const std::vector<uint32_t>& tests, const std::vector<uint32_t>& properties, size_t most) {
    drop(next_);
    reset(most);
    trees_.clear();
    if (tree != kAny) trees_.push_back(&space_.tree(tree));
    filter_.use(pattern == kAny ? nullptr : &patterns_.at(static_cast<size_t>(pattern)));
    pattern_ = pattern;
    asked_.clear();
    for (const uint32_t test : tests) asked_.push_back(test);
    properties_.clear();
    for (const uint32_t property : properties) properties_.push_back(&space_.tree(property));
    closing_ = false;
  }

  // Begins to add what any number of steps of these trees lead to.
  void begin_closure(const std::vector<uint32_t>& trees, size_t most) {
    reset(most);
    trees_.clear();
    for (const uint32_t tree : trees) trees_.push_back(&space_.tree(tree));
    filter_.use(nullptr);
    pattern_ = kAny;
    asked_.clear();
    properties_.clear();
    closing_ = true;
    for (size_t i = 0; i < present_.size(); ++i) seen_.insert(present_.fingerprint(i));
  }

  // Goes on for at most `batch` of the present states.
  Outcome run(size_t batch) {
    for (; at_ < present_.size(); ++at_) {
      if (batch-- == 0) return Outcome::kMore;
      if (closing_ && present_.size() >= most_) {
        truncated_ = true;
        break;
      }
      if (!expand()) return Outcome::kMiss;
      if (!closing_ && next_.size() > 2 * most_) sample();
    }
    if (!closing_ && next_.size() > most_) sample();
    return Outcome::kDone;
  }

  // The states found become the present ones, unless there are none. Returns whether there are some.
  bool commit() {
    if (next_.size() == 0) return false;
    drop(present_);
    std::swap(present_, next_);
    return true;
  }

  size_t size() const noexcept { return present_.size(); }
  bool truncated() const noexcept { return truncated_; }
  // Whether a bound cut a step that fits, since `clear`, so that there may be more behaviours than these.
  bool cut() const noexcept { return cut_; }
  // Whether a step that fits the last observation leads to a state without a property being false. True where none was asked for.
  bool fine() const noexcept { return fine_ || properties_.empty(); }

  State::Undo state(size_t i) {
    uint64_t fingerprint = 0;
    codec_.decode(present_.state(checked(i)), state_, fingerprint);
    return state_.snapshot();
  }

  std::vector<uint32_t> way(size_t i) const { return origins_.way(present_.origins[checked(i)]); }

  Need need() const noexcept { return need_; }
  const Miss& miss() const noexcept { return miss_; }
  uint32_t needed() const noexcept { return need_ == Need::kMatch ? static_cast<uint32_t>(pattern_) : test_; }
  uint64_t key() const noexcept { return key_; }
  const std::vector<uint32_t>& unmatched() const noexcept { return unmatched_; }

 private:
  struct Candidate {
    uint64_t fingerprint;
    const Leaf* leaf;
  };

  void reset(size_t most) {
    most_ = most;
    at_ = 0;
    seen_.clear();
    truncated_ = false;
    fine_ = false;
  }

  size_t checked(size_t i) const {
    if (i >= present_.size()) throw std::out_of_range("no such state");
    return i;
  }

  void drop(Layer& layer) {
    for (const uint32_t origin : layer.origins) origins_.drop(origin);
    layer.clear();
  }

  // Finds what the state at_ leads to. On a miss it is done again later; what it gave until then is known by its fingerprint.
  bool expand() {
    uint64_t fingerprint = 0;
    codec_.decode(present_.state(at_), state_, fingerprint);
    if (trees_.empty()) return settle(fingerprint, nullptr);
    has_before_ = false;
    candidates_.clear();
    unmatched_.clear();
    for (const Tree* tree : trees_) {
      if (!walk(*tree, fingerprint)) return false;
    }
    if (!unmatched_.empty()) {
      need_ = Need::kMatch;
      return false;
    }
    for (const Candidate& candidate : candidates_) {
      if (!settle(candidate.fingerprint, candidate.leaf)) return false;
    }
    return true;
  }

  bool walk(const Tree& tree, uint64_t fingerprint) {
    FilteredWalk<FilterReference> walk(space_, state_, state_, miss_, {&filter_});
    const bool complete = walk.over(tree, [&](Word word) {
      const Leaf& leaf = *leaf_of(word);
      if (pattern_ != kAny) {
        const uint32_t known = patterns_[static_cast<size_t>(pattern_)].of(leaf.label);
        if (known == 0) unmatched_.push_back(leaf.label);
        if (known >> Pattern::kShift != 0) filter_.learn(known, miss_.script);
        if (known == 0 || known >> Pattern::kShift != 0) return true;
      }
      if (is_cut(word)) {
        cut_ = true;
        return true;
      }
      uint64_t changed = fingerprint + leaf.delta;
      if (!walk.add_open_writes(leaf, changed)) return false;
      candidates_.push_back({changed, &leaf});
      return true;
    });
    if (!complete) missing(state_, nullptr);
    return complete;
  }

  void missing(const State& state, const State* following) {
    need_ = static_cast<Need>(miss_.kind);
    miss_.state = state.snapshot();
    miss_.following = following == nullptr ? State::Undo() : following->snapshot();
  }

  // Keeps a successor, or the state itself where no step is taken, if it passes the tests. False on a miss.
  bool settle(uint64_t fingerprint, const Leaf* leaf) {
    if (fine() && beyond(fingerprint)) return true;
    const bool known = seen_.count(fingerprint) != 0;
    if (known && fine()) return true;
    State::Undo undo;
    if (leaf != nullptr) state_.apply(*leaf, undo);
    bool passes = false;
    const bool complete = test(fingerprint, passes) && (!passes || judge(leaf != nullptr));
    if (complete && passes && !known) keep(fingerprint, leaf);
    state_.revert(undo);
    return complete;
  }

  void keep(uint64_t fingerprint, const Leaf* leaf) {
    seen_.insert(fingerprint);
    const uint32_t above = present_.origins[at_];
    if (leaf == nullptr) origins_.share(above);
    (closing_ ? present_ : next_).push(codec_, state_, fingerprint, leaf == nullptr ? above : origins_.add(above, leaf->label));
  }

  bool test(uint64_t fingerprint, bool& passes) {
    for (const uint32_t number : asked_) {
      const Test& test = tests_[number];
      const uint64_t key = test.key(state_, fingerprint);
      const auto found = test.answers.find(key);
      if (found == test.answers.end()) {
        miss_.state = state_.snapshot();
        need_ = Need::kTest;
        test_ = number;
        key_ = key;
        return false;
      }
      if (!found->second) return true;
    }
    passes = true;
    return true;
  }

  // Notes whether all properties are true of the state and, if it was taken, of the step to it. False on a miss.
  bool judge(bool stepped) {
    if (fine()) return true;
    if (stepped && !has_before_) {
      uint64_t fingerprint = 0;
      codec_.decode(present_.state(at_), before_, fingerprint);
      has_before_ = true;
    }
    for (const Tree* property : properties_) {
      const bool step = property->role() == Role::kStep;
      if (step && !stepped) continue;
      const State& state = step ? before_ : state_;
      bool holds = true;
      Walk walk(space_, state, state_, miss_);
      const bool complete = walk.over(*property, [&](Word word) {
        holds &= word == kTrue;
        return true;
      });
      if (!complete) {
        missing(state, step ? &state_ : nullptr);
        return false;
      }
      if (!holds) return true;
    }
    fine_ = true;
    return true;
  }

  static uint64_t rank(uint64_t fingerprint) noexcept { return Random(fingerprint).next(); }

  // Whether a next state would not be kept, since enough with lower ranks were found.
  bool beyond(uint64_t fingerprint) const noexcept { return !closing_ && truncated_ && rank(fingerprint) > bound_; }

  // Keeps `most_` of the next states: those whose fingerprints, mixed once more, are smallest, which is as good as random.
  void sample() {
    std::vector<std::pair<uint64_t, size_t>> order;
    for (size_t i = 0; i < next_.size(); ++i) order.emplace_back(rank(next_.fingerprint(i)), i);
    std::nth_element(order.begin(), order.begin() + static_cast<ptrdiff_t>(most_), order.end());
    for (size_t i = most_; i < order.size(); ++i) origins_.drop(next_.origins[order[i].second]);
    order.resize(most_);
    bound_ = order.empty() ? 0 : std::max_element(order.begin(), order.end())->first;
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    Layer kept;
    for (const auto& chosen : order) {
      const size_t i = chosen.second;
      const size_t end = i + 1 < next_.size() ? next_.begins[i + 1] : next_.bytes.size();
      kept.begins.push_back(kept.bytes.size());
      kept.bytes.insert(kept.bytes.end(), next_.bytes.begin() + static_cast<ptrdiff_t>(next_.begins[i]), next_.bytes.begin() + static_cast<ptrdiff_t>(end));
      kept.origins.push_back(next_.origins[i]);
    }
    std::swap(next_, kept);
    truncated_ = true;
  }

  const Space& space_;
  const Codec codec_;
  State state_;   // The state at_, or its successor while that is settled.
  State before_;  // The state at_, while properties of steps are asked for.
  ArgumentFilter filter_;
  Origins origins_;
  Layer present_;  // The ends of all behaviours that fit what was observed.
  Layer next_;     // Those that fit the next observation too.
  std::vector<Pattern> patterns_;
  std::vector<Test> tests_;

  // The observation looked at.
  std::vector<const Tree*> trees_;       // Of the action; empty where only the state was looked at.
  int64_t pattern_ = kAny;
  std::vector<uint32_t> asked_;          // Tests.
  std::vector<const Tree*> properties_;  // Invariants and properties of steps.
  size_t most_ = 0;
  bool closing_ = false;
  bool truncated_ = false;
  bool cut_ = false;           // Whether a bound cut a step that fits what was observed of it.
  uint64_t bound_ = 0;  // The highest rank of the states kept, if some were left out.
  bool fine_ = false;

  size_t at_ = 0;  // The present state that is expanded.
  bool has_before_ = false;
  std::unordered_set<uint64_t> seen_;  // Fingerprints of the states found.
  std::vector<Candidate> candidates_;
  Miss miss_;
  Need need_ = Need::kPath;
  std::vector<uint32_t> unmatched_;  // Paths of which it is not known whether they fit the pattern.
  uint32_t test_ = 0;                // The test that has no answer,
  uint64_t key_ = 0;                 // for this key.
};

}  // namespace modelcheck
