// The strongly connected components of a set of states.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "graph.hpp"

namespace modelcheck {

// Asked now and then by whatever takes long; true ends it.
struct Poll {
  bool (*ask)(void*) = nullptr;
  void* whom = nullptr;
};

struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("the analysis was told to stop") {}
};

// Counts the steps looked at, and asks once in a while whether to go on.
class Patience {
 public:
  explicit Patience(Poll poll) noexcept : poll_(poll) {}

  void spend() {
    if (++spent_ % kOften == 0 && poll_.ask != nullptr && poll_.ask(poll_.whom)) throw Stopped();
  }

 private:
  static constexpr uint64_t kOften = uint64_t{1} << 20;

  Poll poll_;
  uint64_t spent_ = 0;
};

// Tarjan's algorithm with one number per state, after D. J. Pearce, "A space-efficient algorithm for finding strongly connected components", Information
// Processing Letters 116 (2016), section 3, with a stack of its own. Four bytes per state, and 32 per state on the way that is being explored.
class Components {
 public:
  Components(const Graph& graph, Patience& patience) : graph_(graph), patience_(patience), low_(graph.size()) {}

  // Explores a set from a state, along steps inside the set. Of each component it calls `found(begin, end, id)`, a component after those that it leads to; `opened`
  // gets each row before. States already explored are passed over.
  template <typename Opened, typename Found>
  void explore(Number root, const StateSet& set, Opened&& opened, Found&& found) {
    if (low_[root] != 0) return;
    enter(root, opened);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const Number next = advance(frame, set);
      if (next != kOutside) {
        enter(next, opened);
        continue;
      }
      const Frame done = frame;
      frames_.pop_back();
      leave(done, found);
      if (!frames_.empty()) lower(frames_.back(), done.steps.source());
    }
  }

  // Whether a state of the set explored last is in the component with an id. Of other states this tells nothing.
  bool in(Number state, uint32_t id) const noexcept { return low_[state] == id; }
  bool explored(Number state) const noexcept { return low_[state] != 0; }

  void forget(Number state) noexcept { low_[state] = 0; }
  // After all states that are to be explored next were forgotten.
  void restart() noexcept { id_ = UINT32_MAX; }

 private:
  struct Frame {
    Steps steps;
    bool root;  // Whether nothing older was reached from the state.
  };

  template <typename Opened>
  void enter(Number state, Opened& opened) {
    low_[state] = index_++;
    const Row row = graph_.row(state);
    opened(row);
    frames_.push_back({Steps(row), true});
  }

  // The next state to enter; kOutside when there is none.
  Number advance(Frame& frame, const StateSet& set) {
    Edge edge{};
    while (frame.steps.next(edge)) {
      patience_.spend();
      if (edge.target == kOutside || !set.has(edge.target)) continue;
      if (low_[edge.target] == 0) return edge.target;
      lower(frame, edge.target);
    }
    return kOutside;
  }

  void lower(Frame& frame, Number target) noexcept {
    uint32_t& own = low_[frame.steps.source()];
    if (low_[target] < own) {
      own = low_[target];
      frame.root = false;
    }
  }

  template <typename Found>
  void leave(const Frame& done, Found& found) {
    const Number state = done.steps.source();
    waiting_.push_back(state);
    if (!done.root) return;
    size_t begin = waiting_.size() - 1;
    const uint32_t own = low_[state];
    while (begin > 0 && low_[waiting_[begin - 1]] >= own) --begin;
    for (size_t i = begin; i < waiting_.size(); ++i) low_[waiting_[i]] = id_;
    index_ -= static_cast<uint32_t>(waiting_.size() - begin);
    found(waiting_.data() + begin, waiting_.data() + waiting_.size(), id_);
    --id_;
    waiting_.resize(begin);
  }

  const Graph& graph_;
  Patience& patience_;
  std::vector<uint32_t> low_;      // 0: not explored; on the way: the oldest index reached; else the id of its component, above all indexes.
  std::vector<Frame> frames_;
  std::vector<Number> waiting_;    // Explored, and not yet known to which component they belong.
  uint32_t index_ = 1;
  uint32_t id_ = UINT32_MAX;
};

}  // namespace modelcheck
