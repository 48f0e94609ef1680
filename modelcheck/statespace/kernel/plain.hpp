// Runs of the spec's code that are not recorded: what takes the place of a path that is missing, where recording it would not pay.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

#include "state.hpp"
#include "tree.hpp"

namespace modelcheck {

// Leaves that live as long as the state that they are of.
class Scratch {
 public:
  Leaf* leaf(uint32_t tree, uint32_t writes, uint32_t label) {
    blocks_.emplace_back(new uint64_t[(sizeof(Leaf) + writes * sizeof(Write)) / 8]);
    return new (blocks_.back().get()) Leaf{0, 0, tree, writes, writes, label};
  }

  void clear() noexcept { blocks_.clear(); }

 private:
  std::vector<std::unique_ptr<uint64_t[]>> blocks_;
};

// What a run is asked for: what a tree says of a state, below the place where a path is missing.
struct Asked {
  uint32_t tree;
  uint64_t walks;                       // How often the worker has walked the tree.
  bool insists;                         // Whether it is to be run even where recording would pay: a state that was expanded is looked at again.
  const State* state;
  const State* following;               // For a STEP tree.
  const std::vector<uint32_t>* script;  // The choices on the way,
  uint64_t elements;                    // and as bits which of the first 64 are cells of elements.
  Scratch* scratch;
};

// One way in which a run came out.
struct Outcomes {
  std::vector<Word> words;                     // Leaves, as a tree has them; DISABLED is left out.
  std::vector<std::vector<uint32_t>> choices;  // Of each the choices after those of the script.

  void clear() noexcept {
    words.clear();
    choices.clear();
  }
};

// Who runs the code. False if it does not want to, so that the path is recorded.
struct PlainRuns {
  bool (*run)(void* self, const Asked& asked, Outcomes& outcomes);
  void* self;
};

// A leaf that says of some cells which ids they get.
inline Word plain_effect(const Space& space, Scratch& scratch, uint32_t tree, const std::vector<std::pair<uint32_t, uint32_t>>& ids, uint32_t label) {
  Leaf* leaf = scratch.leaf(tree, static_cast<uint32_t>(ids.size()), label);
  Write* write = leaf->writes();
  for (const auto& [cell, id] : ids) {
    *write++ = {mix(cell, id), nullptr, cell, id};
    leaf->touched |= space.marks_of(cell);
  }
  return reinterpret_cast<Word>(leaf) + kLeafTag;
}

inline Word plain_cut(Scratch& scratch, uint32_t tree, uint32_t label) { return reinterpret_cast<Word>(scratch.leaf(tree, 0, label)) + kCutTag; }

}  // namespace modelcheck
