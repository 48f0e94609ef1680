// The frontier for histories with many operations that never returned.
//
// An operation that never returned stays in flight for ever, and with fifty of them a configuration must remember which it
// has spent. Here one may take effect any number of times after its call, so that there is nothing to remember. If even then
// nothing explains the history, it has no explanation. If an order is found and spends no more of a kind than there are,
// it is one. Otherwise the kinds that it overspends are counted from then on, and the search begins again
// (counterexample-guided refinement: Clarke and others, 2000). With all kinds counted it is the frontier itself.
//
// Before that, the coarsest relaxation of all: every operation called so far may take effect any number of times, so that
// only the states matter that can be reached at all. It finds a value that nobody wrote however much is in flight.
//
// The return where it stops is not always the first that nothing explains: an earlier one may be explained only by
// spending an operation twice.
#pragma once

#include "frontier.hpp"

namespace consistency {

// The first operation whose result no state gives that the operations called before its return can reach in any order and
// number; -1 if there is none, or if finding out takes more than so many steps or all of the budget. On an object without
// bound each step may lead to a larger state, such as a longer queue.
inline int32_t impossible_return(const std::vector<Operation>& operations, int32_t initial, StepTable& table,
                                 size_t kinds, uint64_t steps, Budget& budget) {
  std::vector<int32_t> states{initial}, called;
  std::vector<bool> reached(size_t(initial) + 1), is_called(kinds), is_possible(kinds);
  reached[size_t(initial)] = true;
  auto step = [&](int32_t state, int32_t kind) {
    if (budget.time_is_up()) {
      steps = 0;
      return;
    }
    --steps;
    const int32_t next = table.next(state, kind);
    if (next < 0) return;
    is_possible[size_t(kind)] = true;
    if (size_t(next) >= reached.size()) reached.resize(2 * size_t(next) + 1);
    if (reached[size_t(next)]) return;
    reached[size_t(next)] = true;
    states.push_back(next);
  };
  size_t settled = 1;  // states from which all kinds called were tried
  for (const Event& event : events_of(operations)) {
    const int32_t kind = operations[size_t(event.operation)].kind;
    if (event.is_return) {
      if (!is_possible[size_t(kind)]) return table.failed() ? -1 : event.operation;
      continue;
    }
    if (is_called[size_t(kind)]) continue;
    is_called[size_t(kind)] = true;
    called.push_back(kind);
    for (size_t at = 0; at < settled && steps > 0; ++at) step(states[at], kind);
    for (; settled < states.size() && steps > 0; ++settled)
      for (size_t at = 0; at < called.size() && steps > 0; ++at) step(states[settled], called[at]);
    if (steps == 0 || table.failed()) return -1;
  }
  return -1;
}

// `rounds` bounds the searches; the outcome is then `truncated`. 0: any number.
inline Answer run_relaxed(const std::vector<Operation>& operations, const std::vector<Nature>& natures,
                          int32_t initial, StepTable& table, Budget budget, uint64_t width, uint64_t rounds) {
  constexpr uint64_t STEPS = 64;  // for each operation
  Answer impossible;
  impossible.outcome = Outcome::violated;
  impossible.unexplained = impossible_return(operations, initial, table, natures.size(), STEPS * operations.size(), budget);
  if (impossible.unexplained >= 0) return impossible;
  if (table.failed()) impossible.outcome = Outcome::failed;
  if (table.failed()) return impossible;
  if (budget.time_is_up()) {
    impossible.outcome = Outcome::time_out;
    return impossible;
  }
  std::vector<bool> reusable(natures.size());
  for (const Operation& operation : operations)
    if (operation.finish == NEVER) reusable[size_t(operation.kind)] = true;
  for (;;) {
    Answer answer = run_frontier(operations, natures, initial, table, budget, width, reusable);
    if (answer.outcome != Outcome::holds || answer.overused.empty()) return answer;
    for (int32_t kind : answer.overused) reusable[size_t(kind)] = false;
    if (rounds != 0 && --rounds == 0) {
      answer.outcome = Outcome::truncated;
      return answer;
    }
  }
}

}  // namespace consistency
