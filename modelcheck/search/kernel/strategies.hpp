// The orders in which states are expanded: breadth first, depth first, at random.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "worker.hpp"

namespace modelcheck {

class Strategy : public Worker {
 public:
  using Worker::Worker;
  virtual ~Strategy() = default;

  // Expands up to max_states states. After kMiss or kGrow the next call takes up where this one stopped.
  virtual Pause run(uint64_t max_states) = 0;

 protected:
  // Settles the candidates that are left.
  Pause settle_all(Expansion& e) {
    if (!value(e) || !check_end(e)) return Pause::kMiss;
    for (; e.next < e.candidates.size(); ++e.next) {
      const Settled settled = settle(e);
      if (settled != Settled::kIn && settled != Settled::kOut) return pause(settled);
    }
    if (const Settled found = compare(e); found != Settled::kIn) return pause(found);
    finish(e);
    return Pause::kMore;
  }

  static Pause pause(Settled settled) noexcept {
    return settled == Settled::kMiss ? Pause::kMiss : settled == Settled::kGrow ? Pause::kGrow : Pause::kAsymmetric;
  }
};

// Level by level. A few states are expanded ahead of the one whose candidates are looked up, so that the table's lines arrive meanwhile.
class BreadthFirst final : public Strategy {
 public:
  BreadthFirst(Search& search, uint32_t index) : Strategy(search, index), queue_(search.codec, search.chunks) {
    for (size_t i = 0; i < kAhead; ++i) ring_.push_back(std::make_unique<Expansion>(search.space, !search.plan.steps.empty()));
    if (index == 0) queue_.push(ring_[0]->state, 0, kVoid);
  }

  Pause run(uint64_t max_states) override {
    const Pause pause = advance(max_states);
    publish(0);
    return pause;
  }

  Queue& queue() noexcept { return queue_; }

 private:
  static constexpr size_t kAhead = 4;

  Expansion& ring(size_t i) noexcept { return *ring_[(first_ + i) % kAhead]; }

  Pause advance(uint64_t budget) {
    if (ahead_ > 0 && !ring(ahead_ - 1).generated && !generate(ring(ahead_ - 1))) return Pause::kMiss;
    bool drained = false;
    for (;;) {
      for (; !drained && budget > 0 && ahead_ < kAhead; --budget) {
        drained = !take(ring(ahead_));
        if (drained) break;
        ++ahead_;
        if (!generate(ring(ahead_ - 1))) return Pause::kMiss;
      }
      if (ahead_ == 0) return drained ? Pause::kLevelDone : Pause::kMore;
      const Pause pause = settle_all(ring(0));
      if (pause != Pause::kMore) return pause;
      if (ring(0).partial) {
        ring(0).resume();
        if (!generate(ring(0))) return Pause::kMiss;
        continue;
      }
      first_ = (first_ + 1) % kAhead;
      --ahead_;
    }
  }

  bool take(Expansion& e) {
    const uint8_t* bytes = queue_.peek(search_.level);
    if (bytes == nullptr) return false;
    const uint8_t* end = search_.codec.decode(bytes, e.state, e.fingerprint);
    e.begin({queue_.pop(end), search_.depth});
    return true;
  }

  void store(const State& state, uint64_t fingerprint, Origin origin, uint32_t depth) override {
    queue_.push(state, fingerprint, log_.append(origin));
    counts_.depth = depth;
  }

  Queue queue_;
  std::vector<std::unique_ptr<Expansion>> ring_;  // kAhead of them; those in use are ring(0) to ring(ahead_ - 1), oldest first.
  size_t first_ = 0;
  size_t ahead_ = 0;
};

// The newest state next. Only for one worker.
class DepthFirst final : public Strategy {
 public:
  DepthFirst(Search& search, uint32_t index) : Strategy(search, index), stack_(search.codec), e_(search.space, !search.plan.steps.empty()) {
    stack_.push(e_.state, 0, {kVoid, 0});
  }

  Pause run(uint64_t max_states) override {
    const Pause pause = advance(max_states);
    publish(stack_.bytes());
    return pause;
  }

 private:
  Pause advance(uint64_t budget) {
    for (;;) {
      if (!busy_) {
        if (stack_.empty()) return Pause::kLevelDone;
        if (budget == 0) return Pause::kMore;
        --budget;
        take();
      }
      if (!e_.generated && !generate(e_)) return Pause::kMiss;
      const Pause pause = settle_all(e_);
      if (pause != Pause::kMore) return pause;
      if (e_.partial) {
        e_.resume();
      } else {
        busy_ = false;
      }
    }
  }

  void take() {
    const auto [bytes, waiting] = stack_.pop();
    search_.codec.decode(bytes, e_.state, e_.fingerprint);
    e_.begin(waiting);
    busy_ = true;
  }

  void store(const State& state, uint64_t fingerprint, Origin origin, uint32_t depth) override {
    stack_.push(state, fingerprint, {log_.append(origin), depth});
    counts_.depth = depth > counts_.depth ? depth : counts_.depth;
  }

  Stack stack_;
  Expansion e_;
  bool busy_ = false;  // Whether e_ holds a state that is not finished.
};

// One random successor after another, whether seen before or not.
class RandomWalk final : public Strategy {
 public:
  RandomWalk(Search& search, uint32_t index)
      : Strategy(search, index), e_(search.space, !search.plan.steps.empty()), random_(search.settings.seed * 0x9e3779b97f4a7c15u + index) {
    restart();
  }

  Pause run(uint64_t max_states) override {
    const Pause pause = advance(max_states);
    publish(0);
    return pause;
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  Pause advance(uint64_t budget) {
    while (budget > 0) {
      if (!e_.generated && !generate(e_)) return Pause::kMiss;
      if (!check_end(e_)) return Pause::kMiss;
      if (!choose()) {
        if (e_.at.depth == 0) return Pause::kLevelDone;
        finish_state(budget);
        restart();
        continue;
      }
      const Settled settled = settle(e_);
      if (settled == Settled::kMiss) return Pause::kMiss;
      if (settled == Settled::kGrow) return Pause::kGrow;
      if (settled == Settled::kOut) {
        drop();
      } else {
        finish_state(budget);
        step();
      }
    }
    return Pause::kMore;
  }

  void finish_state(uint64_t& budget) noexcept {
    --budget;
    if (e_.at.depth > 0) ++counts_.expanded;
  }

  // Picks among the candidates that no constraint dropped. False when none is left.
  bool choose() {
    if (chosen_) return true;
    if (left_ == kNone) left_ = e_.candidates.size();
    if (left_ == 0) return false;
    e_.next = random_.below(e_.candidates.size());
    while (e_.candidates[e_.next].leaf == nullptr) e_.next = e_.next + 1 == e_.candidates.size() ? 0 : e_.next + 1;
    return chosen_ = true;
  }

  void drop() noexcept {
    e_.candidates[e_.next].leaf = nullptr;
    --left_;
    chosen_ = false;
  }

  void step() {
    const Candidate candidate = e_.candidates[e_.next];
    e_.state.apply(*candidate.leaf, passed_);
    passed_.clear();
    e_.fingerprint = candidate.fingerprint;
    const uint32_t depth = e_.at.depth + 1;
    counts_.depth = depth > counts_.depth ? depth : counts_.depth;
    begin({log_.append({e_.at.ref, static_cast<uint32_t>(candidate.ordinal)}), depth});
    if (search_.settings.walk_length != 0 && depth > search_.settings.walk_length) restart();
  }

  void begin(Waiting waiting) noexcept {
    e_.begin(waiting);
    left_ = kNone;
    chosen_ = false;
  }

  // A walk that found nothing leaves nothing in the log.
  void restart() {
    if (found_) kept_ = log_.size();
    log_.truncate(kept_);
    found_ = false;
    e_.state.clear();
    e_.fingerprint = 0;
    begin({kVoid, 0});
  }

  void store(const State&, uint64_t, Origin, uint32_t) override {}
  void note_finding() noexcept override { found_ = true; }

  Expansion e_;
  Random random_;
  State::Undo passed_;    // Scratch: the ids that a step replaced.
  size_t left_ = kNone;   // Candidates not dropped; kNone before the first choice.
  bool chosen_ = false;   // Whether e_.next is the choice.
  bool found_ = false;    // Whether this walk has a finding.
  uint64_t kept_ = 0;     // Length of the log that findings need.
};

}  // namespace modelcheck
