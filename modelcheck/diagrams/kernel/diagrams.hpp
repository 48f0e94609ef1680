// Sets of states and the trees of a space, as their driver sees them.
#pragma once

#include <cstdint>
#include <vector>

#include "traversal.hpp"

namespace modelcheck {

// How many transitions an action makes, as `Sets::count` gives numbers.
struct Transitions {
  std::vector<std::vector<uint64_t>> within;   // Parts of the number of those that lead into a set,
  std::vector<std::vector<uint64_t>> outside;  // of those that do not,
  std::vector<std::vector<uint64_t>> cut;      // and of those that a bound cuts.
};

// Every operation that may take long says false when a poll or a supply has ended it.
class Diagrams {
 public:
  Diagrams(const Space& space, uint64_t memory_limit_bytes, Poll poll, Supply supply, void* data) : sets(memory_limit_bytes), space_(space), walk_(space, sets, supply, data) {
    sets.watch(poll, data);
    sets.order.extend(space.cells(), Order::kLast);
  }

  Sets sets;

  bool state(const std::vector<Literal>& literals, Set& result) {
    return attempt([&] { result = sets.state(literals); });
  }
  bool join(Set a, Set b, Set& result) {
    return attempt([&] { result = sets.join(a, b); });
  }
  bool meet(Set a, Set b, Set& result) {
    return attempt([&] { result = sets.meet(a, b); });
  }
  bool minus(Set a, Set b, Set& result) {
    return attempt([&] { result = sets.minus(a, b); });
  }
  bool asked(int64_t tree) const { return walk_.asked(space_.tree(tree)); }

  bool leading(Set states, Set target, uint32_t writes, Set& result) {
    return attempt([&] { result = sets.before(states, target, writes); });
  }
  bool after(Set states, uint32_t writes, Set& result) {
    return attempt([&] { result = sets.assign(states, writes); });
  }

  // The successors of states by the steps of a tree that no bound cuts.
  bool successors(int64_t tree, Set set, Set& result) {
    return gather(result, [&](auto&& add) {
      walk_.over(space_.tree(tree), set, [&](Word word, Set rest) {
        if (is_cut(word)) return;
        walk_.effects(*leaf_of(word), rest, [&](Set states, const std::vector<Literal>& writes) { add(sets.assign(states, walk_.restoring(writes))); });
      });
    });
  }

  // Those of the states that a step of a tree leads into a set.
  bool predecessors(int64_t tree, Set set, Set target, Set& result) {
    return gather(result, [&](auto&& add) {
      walk_.over(space_.tree(tree), set, [&](Word word, Set rest) {
        if (is_cut(word)) return;
        walk_.effects(*leaf_of(word), rest, [&](Set states, const std::vector<Literal>& writes) { add(before(states, writes, target)); });
      });
    });
  }

  // Those of the states in which a tree has a leaf: any, or a certain one.
  bool having(int64_t tree, Set set, Word leaf, Set& result) {
    return gather(result, [&](auto&& add) {
      walk_.over(space_.tree(tree), set, [&](Word word, Set rest) {
        if (leaf == kMissing || word == leaf) add(sets.assign(rest, walk_.restoring()));
      });
    });
  }

  // The same of a tree that reads the successor; see `Traversal::over_steps`.
  bool having_step(int64_t tree, Set set, uint32_t writes, const std::vector<Step>& steps, Word leaf, Set& result) {
    return gather(result, [&](auto&& add) {
      walk_.over_steps(space_.tree(tree), set, writes, steps, [&](Word word, Set rest) {
        if (word == leaf) add(sets.assign(rest, walk_.restoring()));
      });
    });
  }

  // The steps of a tree, those with the same writes together. The sets are pinned.
  bool steps(int64_t tree, Set set, std::vector<Step>& found) {
    return attempt([&] {
      walk_.over(space_.tree(tree), set, [&](Word word, Set rest) {
        if (is_cut(word)) return;
        walk_.effects(*leaf_of(word), rest, [&](Set states, const std::vector<Literal>& writes) {
          const Set those = sets.assign(states, walk_.restoring());
          std::vector<Literal> list(writes);
          add_step(found, those, sets.effect(list));
        });
      });
    });
  }

  // Counts the transitions of a tree; `within` is the set that they lead into, or kNothing for any.
  bool transitions(int64_t tree, Set set, Set within, Transitions& found) {
    return attempt([&] {
      walk_.over(space_.tree(tree), set, [&](Word word, Set rest) {
        if (is_cut(word)) {
          found.cut.push_back(sets.count(rest));
          return;
        }
        walk_.effects(*leaf_of(word), rest, [&](Set states, const std::vector<Literal>& writes) {
          const Set inside = within == kNothing ? states : before(states, writes, within);
          found.within.push_back(sets.count(inside));
          if (within != kNothing) found.outside.push_back(sets.count(sets.minus(sets.assign(states, walk_.restoring()), inside)));
        });
      });
    });
  }

  // The choices by which a tree leads from a state to another one; false in `there` if it does not.
  bool script(int64_t tree, Set state, Set target, bool& there, std::vector<uint32_t>& choices) {
    there = false;
    return attempt([&] {
      walk_.over(space_.tree(tree), state, [&](Word word, Set rest) {
        if (is_cut(word) || there) return;
        walk_.effects(*leaf_of(word), rest, [&](Set states, const std::vector<Literal>& writes) {
          if (sets.assign(states, walk_.restoring(writes)) != target) return;
          there = true;
          choices = walk_.script();
        });
      });
    });
  }

 private:
  // Between operations nothing but what is pinned is needed, unless one of them asked for this one.
  template <class Body>
  bool attempt(Body&& body) {
    const Sets::Entered entered(sets);
    if (sets.held.empty()) sets.collect_some();
    try {
      body();
      return true;
    } catch (const Halted&) {
      return false;
    }
  }

  // Joins what the body adds.
  template <class Body>
  bool gather(Set& result, Body&& body) {
    const size_t place = sets.held.size();
    const bool whole = attempt([&] {
      sets.held.push_back(kNothing);
      body([&](Set more) { sets.held[place] = sets.join(sets.held[place], more); });
      result = sets.held[place];
    });
    sets.held.resize(place);
    return whole;
  }

  Set before(Set states, const std::vector<Literal>& writes, Set target) {
    std::vector<Literal> list(writes);
    return sets.before(sets.assign(states, walk_.restoring()), target, sets.effect(list));
  }

  void add_step(std::vector<Step>& found, Set states, uint32_t writes) {
    for (Step& step : found) {
      if (step.writes != writes) continue;
      const Set all = sets.join(step.states, states);
      sets.pin(all);
      sets.unpin(step.states);
      step.states = all;
      return;
    }
    sets.pin(states);
    found.push_back({states, writes});
  }

  const Space& space_;
  Traversal walk_;
};

}  // namespace modelcheck
