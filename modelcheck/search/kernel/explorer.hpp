// An exploration as its driver sees it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "modelcheck/liveness/kernel/graph.hpp"
#include "snapshot.hpp"
#include "strategies.hpp"

namespace modelcheck {

struct Stats {
  uint64_t states, generated, out_of_bounds, depth, frontier, table_slots, table_bytes, log_bytes, frontier_bytes, expanded, longest_probe, orbits;
};

struct ActionCount {
  uint32_t tree;
  uint64_t enabled;  // Transitions generated,
  uint64_t fresh;    // and those of them to a state not seen before;
  uint64_t dropped;  // those that a constraint dropped are not among them.
};

struct Evaluations {
  uint32_t tree;
  uint64_t count;  // On states that are not initial.
  bool asked;      // Whether one, of any state, was asked of some arguments.
};

// One step of a path: the tree and the choices made in it.
struct PathStep {
  uint32_t tree;
  std::vector<uint32_t> script;
};

class Explorer {
 public:
  Explorer(const Space& space, const Settings& settings) : search_(checked(space, settings), settings) {
    for (uint32_t i = 0; i < settings.workers; ++i) workers_.push_back(make_worker(i));
    if (settings.mode == Mode::kBreadth) replace_level();
  }

  Pause run(uint32_t worker, uint64_t max_states) { return workers_.at(worker)->run(max_states); }
  const Miss& miss(uint32_t worker) const { return workers_.at(worker)->miss(); }
  std::pair<Ref, int64_t> missed(uint32_t worker) const { return workers_.at(worker)->missed(); }
  std::vector<Finding> findings() const { return search_.findings.all(); }

  // Null while none was met. With all workers at rest.
  const Asymmetry* asymmetry() const noexcept { return search_.asymmetry.get(); }
  bool uncountable() const noexcept { return search_.uncountable; }
  bool missed_renamed(uint32_t worker) const { return workers_.at(worker)->missed_renamed(); }

  void set_enough_initial() noexcept { search_.enough_initial = true; }

  bool next_level() {
    if (search_.settings.mode != Mode::kBreadth || !replace_level()) return false;
    ++search_.depth;
    return true;
  }

  // Lets workers end what they have of the level and take up no more, or go on.
  void hold(bool held) noexcept { search_.level.hold(held); }

  // With all workers at rest, each after it has found the level done. What the system says of what could not be written, or 0.
  int save(int fd) {
    for (Queue* queue : queues_) {
      for (Chunk& chunk : queue->release()) next_.push_back(std::move(chunk));
    }
    Output out(fd);
    Snapshot(search_, workers_, next_).save(out);
    return out.finish();
  }

  // Before anything was explored, and after the space was made what it was when the file was written.
  void restore(int fd) {
    Input in(fd);
    Snapshot(search_, workers_, next_).restore(in);
  }

  // Some of the states that wait, each with its fingerprint.
  std::vector<std::pair<Ref, uint64_t>> waiting(size_t most) const {
    std::vector<std::pair<Ref, uint64_t>> found;
    State state(search_.space);
    const Level::Rest rest = search_.level.rest();
    const size_t apart = std::max<size_t>(rest.size() / std::max<size_t>(most, 1), 1);
    for (size_t i = 0; i < rest.size() && found.size() < most; i += apart) {
      uint64_t fingerprint = 0;
      search_.codec.decode(rest.first[i].bytes.get(), state, fingerprint);
      found.emplace_back(rest.first[i].first, fingerprint);
    }
    return found;
  }

  // While fingerprints move, the old table and the new one exist together.
  bool grow() {
    const uint64_t slots = search_.table.next_size();
    const uint64_t more = search_.table.bytes_for(slots);
    const uint64_t limit = search_.settings.memory_limit_bytes;
    if (limit != 0 && search_.bytes() + more > limit) return false;
    return more <= available_memory() && search_.table.grow(slots, search_.settings.workers);
  }

  std::vector<PathStep> path(Ref parent, int64_t ordinal) const {
    std::vector<uint32_t> ordinals;
    if (ordinal >= 0) ordinals.push_back(static_cast<uint32_t>(ordinal));
    while (parent != kVoid) {
      const Origin origin = workers_.at(parent >> kIndexBits)->log().at(parent & ((Ref{1} << kIndexBits) - 1));
      ordinals.push_back(origin.ordinal);
      parent = origin.parent;
    }
    std::reverse(ordinals.begin(), ordinals.end());
    return replay(ordinals);
  }

  Stats stats() const {
    const uint64_t states = search_.sum(&Progress::states);
    const uint64_t orbits = search_.sum(&Progress::orbits);
    const uint64_t expanded = search_.sum(&Progress::expanded);
    const bool walks = search_.settings.mode == Mode::kWalk;
    return {states,
            search_.sum(&Progress::generated),
            search_.sum(&Progress::out_of_bounds),
            search_.deepest(),
            walks ? 0 : orbits - expanded,
            search_.table.slots(),
            search_.table.bytes(),
            search_.sum(&Progress::log_bytes),
            search_.frontier_bytes(),
            expanded,
            search_.table.longest_probe(),
            orbits};
  }

  // With all workers at rest.
  std::vector<ActionCount> action_counts() const {
    std::vector<ActionCount> counts;
    for (const Tree* tree : search_.plan.actions) {
      counts.push_back({tree->index(), total(&Counts::enabled, *tree), total(&Counts::fresh, *tree), total(&Counts::dropped, *tree)});
    }
    return counts;
  }

  // By the order of the trees. With all workers at rest.
  std::vector<Evaluations> evaluations() const {
    std::vector<Evaluations> counts;
    for (const Tree* tree : search_.plan.watched) counts.push_back({tree->index(), total(&Counts::evaluations, *tree), total(&Counts::asked, *tree) > 0});
    for (const Tree* tree : search_.plan.terminal) counts.push_back({tree->index(), total(&Counts::evaluations, *tree), total(&Counts::asked, *tree) > 0});
    std::sort(counts.begin(), counts.end(), [](const Evaluations& a, const Evaluations& b) { return a.tree < b.tree; });
    return counts;
  }

  // A state that is no place to end, and that every enabled step leads back to; kVoid if there is none. With all workers at rest.
  Ref stuttering() const {
    Waiting found{kVoid, 0};
    for (const auto& worker : workers_) {
      const Waiting& met = worker->counts().stuttering;
      if (met.ref != kVoid && (found.ref == kVoid || met.depth < found.depth)) found = met;
    }
    return found.ref;
  }

  // The steps recorded so far. With all workers at rest; it refers to what they wrote until one of them goes on.
  std::unique_ptr<Graph> graph() const {
    std::vector<const RowLog*> logs;
    std::vector<Number> initial;
    uint64_t numbers = 1;
    for (const auto& worker : workers_) {
      logs.push_back(&worker->recording().rows());
      initial.insert(initial.end(), worker->recording().initial().begin(), worker->recording().initial().end());
      numbers = std::max(numbers, worker->log().size() * search_.settings.workers);
    }
    return std::make_unique<Graph>(logs, std::move(initial), static_cast<Number>(numbers));
  }

  // What the table keeps of each state, by number. With all workers at rest.
  void keys(uint64_t* into, uint64_t size) const {
    if (!search_.settings.records) throw std::invalid_argument("states have no numbers");
    search_.table.each([into, size](uint64_t key, uint32_t number) {
      if (number < size) into[number] = key;
    });
  }

  // A run through states that are given by their keys, by steps with these labels; any step will do for kOutside. Each state but the last must have been expanded.
  std::vector<PathStep> through(const std::vector<uint64_t>& keys, const std::vector<uint32_t>& labels) const {
    std::vector<PathStep> steps;
    State state(search_.space);
    State::Undo passed;
    Scratch scratch;
    uint64_t fingerprint = 0;
    for (size_t i = 0; i < keys.size(); ++i) {
      const Leaf* leaf = nullptr;
      uint64_t found = fingerprint;
      const auto fits = [&](const Leaf& candidate, uint64_t following) {
        return FingerprintTable::key(following) == keys[i] && (labels[i] == kOutside || candidate.label == labels[i]) && (found = following, true);
      };
      steps.push_back(first(state, fingerprint, i == 0 ? search_.plan.init : search_.plan.actions, fits, leaf, scratch));
      state.apply(*leaf, passed);
      passed.clear();
      fingerprint = found;
    }
    return steps;
  }

 private:
  static const Space& checked(const Space& space, const Settings& settings) {
    if (!space.sealed()) throw std::invalid_argument("seal() the space before exploring it");
    if (settings.workers < 1 || settings.workers > kMaxWorkers) throw std::invalid_argument("workers must be from 1 to " + std::to_string(kMaxWorkers));
    if (settings.mode == Mode::kDepth && settings.workers > 1) throw std::invalid_argument("DEPTH mode has one worker");
    return space;
  }

  template <typename Counter>
  uint64_t total(std::vector<Counter> Counts::*counter, const Tree& tree) const {
    uint64_t sum = 0;
    for (const auto& worker : workers_) sum += (worker->counts().*counter)[tree.index()];
    return sum;
  }

  std::unique_ptr<Strategy> make_worker(uint32_t index) {
    switch (search_.settings.mode) {
      case Mode::kDepth: return std::make_unique<DepthFirst>(search_, index);
      case Mode::kWalk: return std::make_unique<RandomWalk>(search_, index);
      case Mode::kBreadth: break;
    }
    auto worker = std::make_unique<BreadthFirst>(search_, index);
    queues_.push_back(&worker->queue());
    return worker;
  }

  bool replace_level() {
    std::vector<Chunk> chunks = std::exchange(next_, {});
    for (Queue* queue : queues_) {
      for (Chunk& chunk : queue->release()) chunks.push_back(std::move(chunk));
    }
    return search_.level.replace(std::move(chunks));
  }

  std::vector<PathStep> replay(const std::vector<uint32_t>& ordinals) const {
    std::vector<PathStep> steps;
    State state(search_.space);
    State::Undo passed;
    Scratch scratch;
    for (const uint32_t ordinal : ordinals) {
      const auto& trees = steps.empty() ? search_.plan.init : search_.plan.actions;
      const Leaf* leaf = nullptr;
      steps.push_back(successor(state, trees, ordinal, leaf, scratch));
      state.apply(*leaf, passed);
      passed.clear();
    }
    return steps;
  }

  // What is not in the trees is run again.
  static Miss looking_again(Scratch& scratch) {
    Miss miss;
    miss.scratch = &scratch;
    miss.insists = true;
    return miss;
  }

  // Walks up to the leaf with the given ordinal.
  PathStep successor(const State& state, const std::vector<const Tree*>& trees, uint32_t ordinal, const Leaf*& leaf, Scratch& scratch) const {
    Miss miss = looking_again(scratch);
    Walk walk(search_.space, state, state, miss);
    for (const Tree* tree : trees) {
      const bool passed = walk.over(*tree, [&](Word word) {
        if (is_cut(word) || ordinal-- > 0) return true;
        leaf = leaf_of(word);
        return false;
      });
      if (leaf != nullptr) return {tree->index(), miss.script};
      if (!passed) throw std::runtime_error("a tree lacks a path that the search has taken; this is a bug, please report it");
    }
    throw std::invalid_argument("the state has no successor with this ordinal");
  }

  // Walks up to the first leaf that fits, given with the fingerprint of the state after it.
  template <typename Fits>
  PathStep first(const State& state, uint64_t fingerprint, const std::vector<const Tree*>& trees, Fits&& fits, const Leaf*& leaf, Scratch& scratch) const {
    Miss miss = looking_again(scratch);
    Walk walk(search_.space, state, state, miss);
    for (const Tree* tree : trees) {
      walk.over(*tree, [&](Word word) {
        if (is_cut(word)) return true;
        uint64_t following = fingerprint + leaf_of(word)->delta;
        if (!walk.add_open_writes(*leaf_of(word), following)) return false;
        if (!fits(*leaf_of(word), following)) return true;
        leaf = leaf_of(word);
        return false;
      });
      if (leaf != nullptr) return {tree->index(), miss.script};
    }
    throw std::runtime_error("a step that was recorded is not there; this is a bug, please report it");
  }

  Search search_;
  std::vector<std::unique_ptr<Strategy>> workers_;
  std::vector<Queue*> queues_;  // Of the workers in BREADTH mode.
  std::vector<Chunk> next_;     // Of the next level, full or not to be written to any more.
};

}  // namespace modelcheck
