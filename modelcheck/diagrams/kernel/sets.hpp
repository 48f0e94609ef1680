// Operations on sets of states.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "counting.hpp"
#include "effects.hpp"
#include "nodes.hpp"

namespace modelcheck {

class Sets : public Nodes {
 public:
  using Nodes::Nodes;

  // For as long as operations are asked for from outside. The outermost one tells how far the stack may be used.
  class Entered {
   public:
    explicit Entered(Sets& sets) noexcept : sets_(sets), before_(sets.floor_) {
      if (before_ == 0) sets.floor_ = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - stack_bytes();
    }
    Entered(const Entered&) = delete;
    Entered& operator=(const Entered&) = delete;
    ~Entered() { sets_.floor_ = before_; }

   private:
    static uintptr_t stack_bytes() noexcept {
      rlimit limit{};
      const uint64_t most = uint64_t{4} << 20;
      return getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur / 2 < most ? limit.rlim_cur / 2 : most;
    }

    Sets& sets_;
    uintptr_t before_;
  };

  Set join(Set a, Set b) {
    if (a == b || b == kNothing) return a;
    if (a == kNothing) return b;
    if (a > b) std::swap(a, b);
    Set result;
    if (look(code(kJoin), a, b, result)) return result;
    const SetNode x = at(a), y = at(b);
    const int first = compare(a, b);
    if (first < 0) {
      result = make(x.cell, x.id, x.with, join(x.without, b));
    } else if (first > 0) {
      result = make(y.cell, y.id, y.with, join(a, y.without));
    } else {
      const Set with = join(x.with, y.with);
      result = make(x.cell, x.id, with, join(x.without, y.without));
    }
    return keep(code(kJoin), a, b, result);
  }

  Set meet(Set a, Set b) {
    if (a == b || a == kNothing) return a;
    if (b == kNothing) return b;
    if (a > b) std::swap(a, b);
    Set result;
    if (look(code(kMeet), a, b, result)) return result;
    const SetNode x = at(a), y = at(b);
    const int first = compare(a, b);
    if (first < 0) {
      result = meet(x.without, b);
    } else if (first > 0) {
      result = meet(a, y.without);
    } else {
      const Set with = meet(x.with, y.with);
      result = make(x.cell, x.id, with, meet(x.without, y.without));
    }
    return keep(code(kMeet), a, b, result);
  }

  Set minus(Set a, Set b) {
    if (a == b || a == kNothing) return kNothing;
    if (b == kNothing) return a;
    Set result;
    if (look(code(kMinus), a, b, result)) return result;
    const SetNode x = at(a), y = at(b);
    const int first = compare(a, b);
    if (first < 0) {
      result = make(x.cell, x.id, x.with, minus(x.without, b));
    } else if (first > 0) {
      result = minus(a, y.without);
    } else {
      const Set with = minus(x.with, y.with);
      result = make(x.cell, x.id, with, minus(x.without, y.without));
    }
    return keep(code(kMinus), a, b, result);
  }

  // The ids that a cell has in some state, ascending.
  void ids(Set set, uint32_t cell, std::vector<uint32_t>& found) {
    begin_visit();
    found.clear();
    const uint32_t last = order.rank(cell);
    todo_.assign(1, set);
    bool zero = false;
    while (!todo_.empty()) {
      const Set top = todo_.back();
      todo_.pop_back();
      if (top == kNothing) continue;
      if (rank(top) > last) {
        zero = true;
      } else if (seen_[top] != epoch_) {
        seen_[top] = epoch_;
        if (rank(top) == last) {
          found.push_back(at(top).id);
        } else {
          todo_.push_back(at(top).with);
        }
        todo_.push_back(at(top).without);
      }
    }
    if (zero) found.push_back(0);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
  }

  // The states in which a cell has an id, without that cell.
  Set select(Set set, uint32_t cell, uint32_t id) {
    if (rank(set) >= order.rank(cell)) return where(set, {cell, id});
    Set result;
    if (look(code(kSelect, id), set, cell, result)) return result;
    const SetNode x = at(set);
    const Set with = select(x.with, cell, id);
    return keep(code(kSelect, id), set, cell, make(x.cell, x.id, with, select(x.without, cell, id)));
  }

  // The states in which a cell is not 0.
  Set having(Set set, uint32_t cell) {
    if (rank(set) > order.rank(cell)) return kNothing;
    Set result;
    if (look(code(kHaving), set, cell, result)) return result;
    const SetNode x = at(set);
    const Set with = x.cell == cell ? x.with : having(x.with, cell);
    return keep(code(kHaving), set, cell, make(x.cell, x.id, with, having(x.without, cell)));
  }

  // A list of writes by its number.
  uint32_t effect(std::vector<Literal>& literals) { return effects_.of(literals, order); }
  std::vector<Literal> literals(uint32_t effect) const { return effects_.literals(effect); }

  // The set of one state.
  Set state(const std::vector<Literal>& state) {
    std::vector<Literal> literals(state);
    return assign(kZero, effect(literals));
  }

  // The states with some cells set to some ids.
  Set assign(Set set, uint32_t effect) {
    if (set == kNothing || effect == 0) return set;
    Set result;
    if (look(code(kAssign), set, effect, result)) return result;
    const Effect write = effects_.at(effect);
    const SetNode x = at(set);
    const uint32_t cell = write.literal.first;
    if (rank(set) < order.rank(cell)) {
      const Set with = assign(x.with, effect);
      result = make(x.cell, x.id, with, assign(x.without, effect));
    } else {
      const Set rest = assign(forget(set, cell), write.next);
      result = write.literal.second == 0 ? rest : make(cell, write.literal.second, rest, kNothing);
    }
    return keep(code(kAssign), set, effect, result);
  }

  // The states of `set` that are in `target` once some cells are set to some ids.
  Set before(Set set, Set target, uint32_t effect) {
    if (set == kNothing || target == kNothing) return kNothing;
    if (effect == 0) return meet(set, target);
    Set result;
    if (look(code(kBefore, effect), set, target, result)) return result;
    const Effect write = effects_.at(effect);
    const SetNode x = at(set), y = at(target);
    const uint32_t written = order.rank(write.literal.first), here = rank(set), there = rank(target);
    if (here < written || there < written) {
      const int first = compare(set, target);
      if (first < 0) {
        result = before(x.without, target, effect);
      } else if (first > 0) {
        result = before(set, y.without, effect);
      } else {
        const Set with = before(x.with, y.with, effect);
        result = make(x.cell, x.id, with, before(x.without, y.without, effect));
      }
    } else if (here == written) {
      const Set with = before(x.with, where(target, write.literal), write.next);
      result = make(x.cell, x.id, with, before(x.without, target, effect));
    } else {
      result = before(set, where(target, write.literal), write.next);
    }
    return keep(code(kBefore, effect), set, target, result);
  }

  // One of the states of a set that is not empty, as the literals that are not 0.
  std::vector<Literal> pick(Set set) const {
    std::vector<Literal> found;
    while (set > kZero) {
      const SetNode& node = at(set);
      if (node.without != kNothing) {
        set = node.without;
      } else {
        found.emplace_back(node.cell, node.id);
        set = node.with;
      }
    }
    return found;
  }

  // The cells that are not 0 in some state, by rank, and how many nodes a diagram has.
  uint64_t support(Set set, std::vector<uint32_t>& cells) {
    begin_visit();
    mentioned_.resize(order.cells());
    cells.clear();
    uint64_t found = 0;
    todo_.assign(1, set);
    while (!todo_.empty()) {
      const Set top = todo_.back();
      todo_.pop_back();
      if (top <= kZero || seen_[top] == epoch_) continue;
      seen_[top] = epoch_;
      ++found;
      const SetNode& node = at(top);
      if (mentioned_[node.cell] != epoch_) {
        mentioned_[node.cell] = epoch_;
        cells.push_back(node.cell);
      }
      todo_.push_back(node.with);
      todo_.push_back(node.without);
    }
    std::sort(cells.begin(), cells.end(), [this](uint32_t a, uint32_t b) { return order.rank(a) < order.rank(b); });
    return found;
  }

  // How many states there are, as a number in words of 64 bits, the lowest first.
  std::vector<uint64_t> count(Set set) { return counting_.count(set); }

  // At a time when every set that is needed is pinned or held.
  void collect_some() {
    if (wants_collection()) collect_all();
  }

  void collect_all() {
    collect([](uint32_t operation) -> uint8_t {
      switch (operation) {
        case kJoin:
        case kMeet:
        case kMinus:
        case kBefore: return 7;
        case kSelect:
        case kHaving:
        case kAssign: return 5;
        default: return 0;
      }
    });
    counting_.forget();
  }

  uint64_t bytes() const noexcept { return Nodes::bytes() + counting_.bytes() + seen_.capacity() * 4; }

 private:
  enum Operation : uint32_t { kNone, kJoin, kMeet, kMinus, kSelect, kHaving, kAssign, kBefore };

  // With a list of writes or an id.
  static uint32_t code(Operation operation, uint32_t detail = 0) {
    if (detail >= Effects::kMost) throw std::length_error("diagrams take ids below 2**28");
    return operation << kOperationShift | detail;
  }

  void begin_visit() {
    if (++epoch_ == 0) {
      seen_.clear();
      mentioned_.clear();
      epoch_ = 1;
    }
    seen_.resize(size());
  }

  // Which of two sets that are neither equal nor empty has the pair that comes first; 0 where both have it.
  int compare(Set a, Set b) const noexcept {
    const uint32_t x = rank(a), y = rank(b);
    if (x != y) return x < y ? -1 : 1;
    return at(a).id == at(b).id ? 0 : at(a).id < at(b).id ? -1 : 1;
  }

  // The states without a cell that comes first or not at all.
  Set forget(Set set, uint32_t cell) {
    Set all = kNothing;
    for (; set > kZero && at(set).cell == cell; set = at(set).without) all = join(all, at(set).with);
    return join(all, set);
  }

  // The states in which a cell that comes first or not at all has an id, without it.
  Set where(Set set, const Literal& literal) const noexcept {
    for (; set > kZero && at(set).cell == literal.first; set = at(set).without) {
      if (at(set).id == literal.second) return at(set).with;
    }
    return literal.second == 0 ? set : kNothing;
  }

  Effects effects_;
  Counting counting_{*this};
  std::vector<Set> todo_;
  uint32_t epoch_ = 0;                 // Of the last traversal,
  std::vector<uint32_t> seen_;         // and by set the one that met it last,
  std::vector<uint32_t> mentioned_;    // and by cell.
};

}  // namespace modelcheck
