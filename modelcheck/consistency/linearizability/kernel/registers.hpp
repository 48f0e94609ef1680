// Registers, of which the native search knows every step: kinds of operations, and histories of unique values.
#pragma once

#include <optional>
#include <unordered_map>

#include "unique_values.hpp"

namespace consistency {

// The kinds of a register's operations, each once. Values and states are the same numbers.
class RegisterKinds {
 public:
  int32_t number(int32_t action, int32_t value, int32_t expected) {
    const Triple triple{action, value, expected};
    const auto [entry, is_new] = numbers_.emplace(triple, int32_t(kinds_.size()));
    if (is_new) {
      kinds_.push_back({action, value, expected});
      natures_.push_back(action == RegisterKind::write ? Nature::overwrite
                         : action == RegisterKind::swapped || action == RegisterKind::may_swap ? Nature::general
                                                                                               : Nature::pure);
    }
    return entry->second;
  }
  const std::vector<RegisterKind>& kinds() const { return kinds_; }
  const std::vector<Nature>& natures() const { return natures_; }

 private:
  struct Triple {
    int32_t action, value, expected;
    bool operator==(const Triple& o) const { return action == o.action && value == o.value && expected == o.expected; }
  };
  struct Hash {
    size_t operator()(const Triple& t) const {
      return (uint64_t(uint32_t(t.value)) << 32 | uint32_t(t.expected)) * 0x9E3779B97F4A7C15ull + uint64_t(t.action);
    }
  };
  std::unordered_map<Triple, int32_t, Hash> numbers_;
  std::vector<RegisterKind> kinds_;
  std::vector<Nature> natures_;
};

// Whether a register is linearizable, where it is only read and written and all values written differ; else nothing.
// A value read and never written has a cluster whose write never began.
inline std::optional<bool> holds_if_unique(const std::vector<Operation>& operations,
                                           const std::vector<RegisterKind>& kinds, int32_t initial, int32_t states) {
  constexpr Cluster NOT_WRITTEN{NEVER, NEVER, -1, NEVER};
  std::vector<Cluster> clusters(static_cast<size_t>(states), NOT_WRITTEN);
  std::vector<bool> written(static_cast<size_t>(states));
  written[static_cast<size_t>(initial)] = true;
  clusters[static_cast<size_t>(initial)] = {-1, -1, -1, NEVER};
  for (const Operation& operation : operations) {
    const RegisterKind& kind = kinds[static_cast<size_t>(operation.kind)];
    if (kind.action == RegisterKind::ignored) continue;
    const auto value = static_cast<size_t>(kind.value);
    if (kind.action == RegisterKind::read) {
      clusters[value].last_call = std::max(clusters[value].last_call, operation.call);
      clusters[value].first_return = std::min(clusters[value].first_return, operation.finish);
    } else if (kind.action == RegisterKind::write && !written[value]) {
      written[value] = true;
      clusters[value].write_begin = operation.call;
      clusters[value].write_end = operation.finish;
    } else {
      return std::nullopt;
    }
  }
  const auto may_be_absent = [](const Cluster& c) { return c.write_end == NEVER && c.first_return == NEVER; };
  clusters.erase(std::remove_if(clusters.begin(), clusters.end(), may_be_absent), clusters.end());
  return register_holds(clusters);
}

}  // namespace consistency
