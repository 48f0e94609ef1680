// Writes to several cells at once, as lists that are kept once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <new>
#include <unordered_map>
#include <utility>
#include <vector>

#include "nodes.hpp"
#include "order.hpp"

namespace modelcheck {

// A cell with an id.
using Literal = std::pair<uint32_t, uint32_t>;

// A list of literals with ascending ranks; number 0 is the empty one.
struct Effect {
  Literal literal;
  uint32_t next;  // The number of the rest.
};

class Effects {
 public:
  static constexpr uint32_t kMost = uint32_t{1} << kOperationShift;

  const Effect& at(uint32_t effect) const noexcept { return effects_[effect]; }

  // The number of the list of these, in whichever order they are given.
  uint32_t of(std::vector<Literal>& literals, const Order& order) {
    std::sort(literals.begin(), literals.end(), [&order](const Literal& a, const Literal& b) { return order.rank(a.first) < order.rank(b.first); });
    uint32_t list = 0;
    for (size_t i = literals.size(); i-- > 0;) list = linked(literals[i], list);
    return list;
  }

  std::vector<Literal> literals(uint32_t effect) const {
    std::vector<Literal> found;
    for (; effect != 0; effect = effects_[effect].next) found.push_back(effects_[effect].literal);
    return found;
  }

 private:
  uint32_t linked(const Literal& literal, uint32_t next) {
    const uint64_t key = uint64_t{literal.first} << 32 | literal.second;
    auto& known = effect_of_[key];
    const auto found = known.find(next);
    if (found != known.end()) return found->second;
    if (effects_.size() == kMost) throw std::bad_alloc();
    effects_.push_back({literal, next});
    return known[next] = static_cast<uint32_t>(effects_.size() - 1);
  }

  std::vector<Effect> effects_{Effect{{0, 0}, 0}};
  std::unordered_map<uint64_t, std::unordered_map<uint32_t, uint32_t>> effect_of_;  // By literal and rest.
};

}  // namespace modelcheck
