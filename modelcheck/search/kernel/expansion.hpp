// A state being expanded, and what a worker counts meanwhile.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "modelcheck/liveness/kernel/rows.hpp"
#include "frontier.hpp"
#include "modelcheck/statespace/kernel/footprints.hpp"
#include "modelcheck/statespace/kernel/plain.hpp"
#include "modelcheck/statespace/kernel/state.hpp"
#include "modelcheck/statespace/kernel/steps.hpp"
#include "modelcheck/statespace/kernel/tree.hpp"
#include "modelcheck/symmetry/kernel/orbits.hpp"

namespace modelcheck {

// A successor that has been generated and not yet looked up.
struct Candidate {
  uint64_t fingerprint;
  uint64_t key;      // What stands for it in the table: its fingerprint, or the number of its orbit.
  const Leaf* leaf;
  uint32_t ordinal;  // Its place among all successors of the state, those counted at once included.
  bool known;        // Whether it is the state itself or was met a moment ago, so that it is in the table.
};

// A state being expanded.
struct Expansion {
  explicit Expansion(const Space& space, bool steps) : state(space), before(steps ? std::make_unique<State>(space) : nullptr) {}

  State state;                    // The successor while a candidate is judged, the state itself otherwise.
  std::unique_ptr<State> before;  // The state itself while a candidate is judged, if it is needed; only with STEP trees.
  bool is_before = false;         // Whether it is that.
  uint64_t fingerprint = 0;
  Waiting at{kVoid, 0};
  size_t next_tree = 0;               // The trees before it have put their leaves into `candidates`.
  size_t next = 0;                    // The candidates before it are settled.
  uint64_t successors = 0;            // How many the trees before next_tree gave,
  uint64_t moving = 0;                // and how many of them are another state.
  size_t judged = 0;                  // Predicates of the next candidate that are evaluated, so that a miss repeats none.
  uint64_t passed = 0;                // Leaves of the present INIT tree that are settled already; a walk after them passes them by.
  bool generated = false;             // Whether all trees are walked, or at least as far as there are paths.
  bool partial = false;               // Whether more initial states are to be generated when the candidates are settled.
  bool glanced = false;               // Whether it is known
  bool steps_hold = false;            // Whether it is known that they hold of the step to the next candidate.
  Glance glance;                      // what the STEP trees look at: a step that writes to nothing of it satisfies them.
  bool cut = false;                   // Whether a bound cut a step, so that the state is no end.
  bool ended = false;                 // Whether it is known if the state is a fine place to end.
  bool summed = false;                // Whether the next four are known.
  uint64_t weight = 1;                // How many states it stands for.
  Orbit orbit;
  std::vector<Renaming> renamings;    // What it is compared under,
  std::vector<Renamed> renamed;       // and what its successors are then.
  bool has_rare = false;              // Whether it has a step by a path that was compared in few states.
  bool compared = false;              // Whether it was compared, or need not be.
  size_t valued = 0;                  // The LIVENESS trees before it are evaluated.
  Expanded row;                       // Where the steps are recorded: those known so far.
  Scratch scratch;                    // Leaves of runs that were not recorded.
  std::vector<Candidate> candidates;  // In the order of the walk. Successors known to be seen are counted at once and left out, unless all are needed.

  void begin(Waiting waiting) noexcept {
    at = waiting;
    next_tree = next = judged = valued = 0;
    successors = moving = passed = 0;
    generated = partial = cut = ended = summed = compared = has_rare = glanced = is_before = false;
    weight = 1;
    row.clear();
    candidates.clear();
    scratch.clear();
  }

  // Takes up the generation of initial states where it stopped.
  void resume() noexcept {
    next = 0;
    generated = partial = compared = false;
    candidates.clear();
  }
};

// Counters of one worker, kept from those of the others.
struct alignas(64) Counts {
  explicit Counts(uint32_t trees) : enabled(trees), fresh(trees), dropped(trees), evaluations(trees), asked(trees), walks(trees) {}

  static constexpr uint64_t kMost = uint64_t{1} << 58;  // So that those of 64 workers can be added up.

  // Adds to a count of states or of steps, each as often as its orbit is large.
  void add(uint64_t& count, uint64_t more, uint64_t weight) noexcept {
    uint64_t weighed = 0;
    if (__builtin_mul_overflow(more, weight, &weighed) || __builtin_add_overflow(count, weighed, &weighed) || weighed > kMost) {
      beyond = true;
      weighed = kMost;
    }
    count = weighed;
  }

  bool beyond = false;  // Whether a count would be more than kMost, and ends there.
  uint64_t states = 0;  // Each as often as its orbit is large,
  uint64_t orbits = 0;  // and once.
  uint64_t generated = 0;
  uint64_t out_of_bounds = 0;
  uint64_t expanded = 0;
  uint32_t depth = 0;
  std::vector<uint64_t> enabled;      // By tree: transitions generated,
  std::vector<uint64_t> fresh;        // and those of them to a new state;
  std::vector<uint64_t> dropped;      // those out of bounds are not among them.
  std::vector<uint64_t> evaluations;  // By tree: evaluations on states that are not initial,
  std::vector<uint8_t> asked;         // and whether one of any state was asked of some arguments.
  std::vector<uint64_t> walks;        // By tree: how often it was walked.
  Waiting stuttering{kVoid, 0};       // The first state met that is no place to end, and that every enabled step leads back to.
};

}  // namespace modelcheck
