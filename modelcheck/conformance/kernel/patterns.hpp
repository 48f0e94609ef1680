// What was observed of a step, as predicates on its arguments and on the state after it, and which elements a step is not tried with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "modelcheck/statespace/kernel/walk.hpp"

namespace modelcheck {

// What was seen of a step's arguments, and which ways to take the step are known to fit.
class Pattern {
 public:
  static constexpr uint32_t kKnown = 1;    // Set once it is known whether the path fits.
  static constexpr uint32_t kAligned = 2;  // Whether the first choices of the path are its arguments, in order.
  static constexpr uint32_t kShift = 2;    // The bits from here on: which arguments differ.
  static constexpr uint32_t kCounted = 29; // Arguments from this number on share the last bit.

  uint32_t of(uint32_t path) const noexcept {
    const auto found = paths_.find(path);
    return found == paths_.end() ? 0 : found->second;
  }

  void set(uint32_t path, bool aligned, uint32_t differing) {
    paths_[path] = kKnown | (aligned ? kAligned : 0) | differing << kShift;
  }

  // An element of a collection that, taken for an argument, does not fit.
  bool excludes(size_t argument, uint32_t cell) const noexcept {
    return argument < excluded_.size() && cell < excluded_[argument].size() && excluded_[argument][cell];
  }

  void exclude(size_t argument, uint32_t cell) {
    if (argument >= excluded_.size()) excluded_.resize(argument + 1);
    if (cell >= excluded_[argument].size()) excluded_[argument].resize(cell + 1);
    excluded_[argument][cell] = true;
  }

 private:
  std::unordered_map<uint32_t, uint32_t> paths_;  // By the number of a path; a pattern meets few of them.
  std::vector<std::vector<bool>> excluded_;       // By argument and cell.
};

// A question about a state whose answer depends on one cell, on one collection or on the whole state, asked once for each content of that.
struct Test {
  enum class About : uint8_t { kCell, kCollection, kState };

  About about;
  uint32_t where;
  std::unordered_map<uint64_t, bool> answers;

  uint64_t key(const State& state, uint64_t fingerprint) const noexcept {
    return about == About::kCell ? state.at(where) : about == About::kCollection ? state.content_key(where) : fingerprint;
  }
};

// Takes from a walk what a pattern is known to exclude: elements of a collection that become arguments which do not fit.
class ArgumentFilter {
 public:
  explicit ArgumentFilter(Pattern* pattern) noexcept : pattern_(pattern) {}

  void at(const Node& node, size_t depth) {
    if (pattern_ == nullptr) return;
    if (depth >= nodes_.size()) nodes_.resize(depth + 1);
    nodes_[depth] = &node;
    depth_ = depth;
    filtered_ = node.kind == Kind::kEach && arguments_.count(&node) != 0;
  }

  bool admits(uint32_t cell) const noexcept { return pattern_ == nullptr || !filtered_ || !pattern_->excludes(depth_, cell); }

  // A path has come to its end at a leaf that does not fit. Up to a node, what a run does is decided by the way to the node; so if a choice there was the choice
  // of an argument once, it is one whatever comes after it.
  void learn(uint32_t known, const std::vector<uint32_t>& script) {
    if ((known & Pattern::kAligned) == 0) return;
    for (size_t i = 0; i < script.size() && i < Pattern::kCounted; ++i) {
      if ((known >> (Pattern::kShift + i) & 1) == 0 || nodes_[i]->kind != Kind::kEach) continue;
      arguments_.insert(nodes_[i]);
      pattern_->exclude(i, script[i]);
    }
  }

  void use(Pattern* pattern) noexcept { pattern_ = pattern; }

 private:
  Pattern* pattern_;
  std::vector<const Node*> nodes_;             // The choices made on the way, by depth.
  std::unordered_set<const Node*> arguments_;  // Nodes known to choose an argument.
  size_t depth_ = 0;
  bool filtered_ = false;  // Whether the node looked at last is one of them.
};

// The filter as a walk holds it.
struct FilterReference {
  ArgumentFilter* filter;

  void at(const Node& node, size_t depth) { filter->at(node, depth); }
  bool admits(uint32_t cell) const noexcept { return filter->admits(cell); }
};

}  // namespace modelcheck
