// What the workers of one exploration share.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "modelcheck/statespace/kernel/codec.hpp"
#include "fingerprint_table.hpp"
#include "frontier.hpp"
#include "modelcheck/statespace/kernel/space.hpp"
#include "modelcheck/symmetry/kernel/orbits.hpp"
#include "trace_log.hpp"

namespace modelcheck {

enum class Mode : uint8_t { kBreadth, kDepth, kWalk };

constexpr int64_t kDeadlock = -1;  // In place of a tree.

// A state or step that decides a property.
struct Finding {
  int64_t tree;     // Or kDeadlock.
  uint32_t depth;   // States on the way, the initial one included.
  Ref parent;
  int64_t ordinal;  // Which successor of the parent; -1 for the parent itself.
};

// A state in which something is otherwise when its names are renamed.
struct Asymmetry {
  int64_t tree = kDeadlock;  // The action or predicate; kDeadlock where it cannot be said,
  Ref ref = 0;               // the state; kVoid for the initial states together,
  std::vector<uint32_t> to;  // and what the renaming makes of each name.
};

// The first finding of each tree, from any worker.
class Findings {
 public:
  explicit Findings(uint32_t trees) : decided_(new std::atomic<bool>[trees + 1]()) {}

  // Whether the tree has a finding, so that evaluating it again would tell nothing.
  bool decided(int64_t tree) const noexcept { return decided_[tree + 1].load(std::memory_order_relaxed); }

  void record(const Finding& finding) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (decided(finding.tree)) return;
    found_.push_back(finding);
    decided_[finding.tree + 1].store(true, std::memory_order_relaxed);
  }

  std::vector<Finding> all() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return found_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Finding> found_;
  std::unique_ptr<std::atomic<bool>[]> decided_;  // By tree + 1; the first is the deadlock's.
};

// The trees of the space by what they are for. Trees added to the space later are not part of this exploration.
struct Plan {
  explicit Plan(const Space& space) : trees(space.trees()) {
    for (const Role role : {Role::kConstraint, Role::kStep, Role::kInvariant, Role::kReachable}) collect(space, role, watched);
    collect(space, Role::kInit, init);
    collect(space, Role::kAction, actions);
    collect(space, Role::kTerminal, terminal);
    collect(space, Role::kLiveness, liveness);
    for (const Tree* tree : watched) {
      if (tree->role() == Role::kStep) steps.push_back(tree);
    }
  }

  static void collect(const Space& space, Role role, std::vector<const Tree*>& into) {
    for (uint32_t i = 0; i < space.trees(); ++i) {
      if (space.tree(i).role() == role) into.push_back(&space.tree(i));
    }
  }

  uint32_t trees;  // How many the space had.
  std::vector<const Tree*> init;
  std::vector<const Tree*> actions;
  std::vector<const Tree*> watched;  // Predicates of successors: constraints, then steps, then invariants, then reachability.
  std::vector<const Tree*> terminal;
  std::vector<const Tree*> liveness;  // Premise and goal of what must happen, one tree for each property and combination of arguments.
  std::vector<const Tree*> steps;  // Those of role STEP.
};

struct Settings {
  Mode mode = Mode::kBreadth;
  uint32_t workers = 1;
  uint64_t seed = 0;
  uint64_t walk_length = 0;         // Actions in a row; 0 for no limit.
  uint64_t memory_limit_bytes = 0;  // 0 for no limit.
  uint64_t table_slots = 0;         // At the beginning; 0 for a small default.
  const Orbits* orbits = nullptr;   // Null: each state stands for itself alone.
  bool records = false;             // Whether the steps between states are recorded,
  bool skips_met = false;           // and those from states in which all goals are true left out.
};

// What a worker tells the others at the end of each batch.
struct alignas(64) Progress {
  std::atomic<uint64_t> states{0};         // Distinct states that this worker stored.
  std::atomic<uint64_t> orbits{0};         // Those stored, without what they stand for.
  std::atomic<uint64_t> generated{0};
  std::atomic<uint64_t> out_of_bounds{0};  // Successors that a constraint dropped.
  std::atomic<uint64_t> expanded{0};
  std::atomic<uint64_t> depth{0};          // Of the deepest state that this worker stored or walked to.
  std::atomic<uint64_t> log_bytes{0};
  std::atomic<uint64_t> stack_bytes{0};
};

struct Search {
  Search(const Space& shared, const Settings& chosen)
      : space(shared),
        settings(chosen),
        plan(shared),
        codec(shared),
        findings(plan.trees),
        table(chosen.table_slots == 0 ? kFirstSlots : chosen.table_slots, chosen.records),
        progress(new Progress[chosen.workers]) {}

  uint64_t sum(std::atomic<uint64_t> Progress::*counter) const noexcept {
    uint64_t total = 0;
    for (uint32_t i = 0; i < settings.workers; ++i) total += (progress[i].*counter).load(std::memory_order_relaxed);
    return total;
  }

  uint64_t deepest() const noexcept {
    uint64_t depth = 0;
    for (uint32_t i = 0; i < settings.workers; ++i) depth = std::max(depth, progress[i].depth.load(std::memory_order_relaxed));
    return depth;
  }

  uint64_t frontier_bytes() const noexcept { return chunks.bytes() + sum(&Progress::stack_bytes); }
  uint64_t bytes() const noexcept { return table.bytes() + frontier_bytes() + sum(&Progress::log_bytes) + space.bytes(); }
  bool over_limit() const noexcept { return settings.memory_limit_bytes != 0 && bytes() > settings.memory_limit_bytes; }

  static constexpr uint64_t kFirstSlots = uint64_t{1} << 15;

  const Space& space;
  const Settings settings;
  const Plan plan;
  const Codec codec;
  Findings findings;
  FingerprintTable table;
  ChunkPool chunks;
  Level level;
  uint32_t depth = 0;  // Of the states in `level`; changes with all workers at rest.
  std::unique_ptr<Progress[]> progress;  // One per worker.
  std::mutex asymmetric;                 // Guards the next.
  std::unique_ptr<Asymmetry> asymmetry;  // The first that was met; null while there is none.
  std::atomic<bool> uncountable{false};     // Whether a worker counts more than can be added up.
  std::atomic<bool> enough_initial{false};  // Whether random walks begin in the initial states that are known, should there be more.
};

}  // namespace modelcheck
