// Walking a tree over a set of states.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "modelcheck/statespace/kernel/space.hpp"
#include "modelcheck/statespace/kernel/walk.hpp"
#include "sets.hpp"

namespace modelcheck {

// Supplies what a walk lacks; false ends the walk.
using Supply = bool (*)(void*, const Miss&);

// Some of the states that take a step, and what it writes.
struct Step {
  Set states;
  uint32_t writes;
};

// A read splits the set by the ids of the cell; each part follows its own branch. What was read is taken out of the set, and is known on the rest of the branch.
// Where a branch is missing, a run for one of the states that are there supplies it, and the walk goes on.
class Traversal {
 public:
  Traversal(const Space& space, Sets& sets, Supply supply, void* data) noexcept : space_(space), sets_(sets), supply_(supply), data_(data) {}

  // Calls on_leaf(word, rest) with the leaves but DISABLED; `known` are then the cells taken out of the rest.
  template <class OnLeaf>
  void over(const Tree& tree, Set set, OnLeaf&& on_leaf) {
    if (set == kNothing) return;
    begin(tree);
    const Held held(sets_, set);
    visit(root(tree, set), set, on_leaf);
  }

  // The same for a tree that reads the successor too. The states are those that take some steps; each of the steps writes `writes` to the cells that runs are known
  // to read, and may write to others.
  template <class OnLeaf>
  void over_steps(const Tree& tree, Set set, uint32_t writes, const std::vector<Step>& steps, OnLeaf&& on_leaf) {
    grow();
    const Stepping stepping(*this, writes, steps);
    over(tree, set, on_leaf);
  }

  // Resolves the writes of a leaf: calls on_effect(rest, writes) for each part of the states that get the same ids.
  template <class OnEffect>
  void effects(const Leaf& leaf, Set rest, OnEffect&& on_effect) {
    writes_.clear();
    resolve(leaf, leaf.begin(), rest, on_effect);
  }

  // The list that makes states of the rest of a branch: what was read, but for what is written.
  uint32_t restoring(const std::vector<Literal>& writes = {}) {
    list_.clear();
    for (const Literal& write : writes) {
      if (write.second != 0 || known_[write.first] == kUnknown) list_.push_back(write);
    }
    for (const uint32_t cell : trail_) {
      if (known_[cell] == 0) continue;
      bool kept = true;
      for (const Literal& write : writes) kept &= write.first != cell;
      if (kept) list_.emplace_back(cell, known_[cell]);
    }
    return sets_.effect(list_);
  }

  // Whether a walk over a tree came to a leaf ever.
  bool asked(const Tree& tree) const noexcept { return tree.index() < asked_.size() && asked_[tree.index()]; }

  // The choices on the way to the present leaf.
  const std::vector<uint32_t>& script() const noexcept { return miss_.script; }

 private:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  // Keeps sets from being given back as long as it lives.
  class Held {
   public:
    explicit Held(Sets& sets) noexcept : sets_(sets), mark_(sets.held.size()) {}
    Held(Sets& sets, Set set) : Held(sets) { sets.held.push_back(set); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { sets_.held.resize(mark_); }

   private:
    Sets& sets_;
    size_t mark_;
  };

  // For as long as the successor is read.
  class Stepping {
   public:
    Stepping(Traversal& walk, uint32_t writes, const std::vector<Step>& steps) : walk_(walk), written_(walk.sets_.literals(writes)) {
      walk.steps_ = &steps;
      for (const Literal& write : written_) walk.after_[write.first] = write.second;
    }
    Stepping(const Stepping&) = delete;
    Stepping& operator=(const Stepping&) = delete;
    ~Stepping() {
      walk_.steps_ = nullptr;
      for (const Literal& write : written_) walk_.after_[write.first] = kUnknown;
    }

   private:
    Traversal& walk_;
    const std::vector<Literal> written_;
  };

  void begin(const Tree& tree) {
    miss_.index = tree.index();
    tree_ = &tree;
    asked_.resize(space_.trees());
    miss_.script.clear();
    for (const uint32_t cell : trail_) known_[cell] = kUnknown;
    trail_.clear();
    grow();
  }

  // New cells appear while something is supplied.
  void grow() {
    sets_.order.extend(space_.cells(), last_read());
    known_.resize(space_.cells(), kUnknown);
    after_.resize(space_.cells(), kUnknown);
    for (uint32_t cell = noted_; cell < space_.cells(); ++cell) {
      const uint32_t collection = space_.collection_of(cell);
      if (collection == Space::kNoCollection) continue;
      if (members_.size() <= collection) members_.resize(collection + 1);
      members_[collection].push_back(cell);
    }
    noted_ = space_.cells();
  }

  // New cells are put behind what the run has read, which are mostly those of one process.
  uint32_t last_read() const noexcept {
    uint32_t last = Order::kLast;
    for (const uint32_t cell : trail_) {
      if (last == Order::kLast || sets_.order.rank(cell) > sets_.order.rank(last)) last = cell;
    }
    return last;
  }

  // What is missing ------------------------------------------------------------------------------------------------------------------------------

  void ask() {
    const bool supplied = supply_(data_, miss_);
    grow();
    if (!supplied) throw Halted();
  }

  void ask_path(Set rest) {
    miss_.kind = MissKind::kPath;
    miss_.index = tree_->index();
    const Set states = sets_.assign(rest, restoring());
    if (steps_ == nullptr) {
      miss_.state = sets_.pick(states);
    } else {
      pick_step(states);
    }
    ask();
  }

  // One of the steps that states take.
  void pick_step(Set states) {
    for (const Step& step : *steps_) {
      const Set those = sets_.meet(states, step.states);
      if (those == kNothing) continue;
      miss_.state = sets_.pick(those);
      miss_.following = sets_.pick(sets_.assign(sets_.state(miss_.state), step.writes));
      return;
    }
    throw std::logic_error("a state takes none of the steps that it is asked about");
  }

  uint32_t looked_up(MissKind kind, const IdTable& table, uint32_t id) {
    for (uint32_t found; ; ) {
      if ((found = table.find(id)) != IdTable::kUnknown) return found;
      miss_.kind = kind;
      miss_.index = table.index();
      miss_.id = id;
      ask();
    }
  }

  Word root(const Tree& tree, Set set) {
    while (tree.root() == kMissing) ask_path(set);
    return tree.root();
  }

  Word child(const Node& node, uint64_t key, Set set) {
    for (;;) {
      const Word word = node.children.find(key);
      if (word != kMissing) return word;
      ask_path(set);
    }
  }

  // The nodes -------------------------------------------------------------------------------------------------------------------------------------

  template <class OnLeaf>
  void visit(Word word, Set set, OnLeaf& on_leaf) {
    if (word == kDisabled) return;
    if (!is_node(word)) {
      asked_[tree_->index()] = true;
      sets_.collect_some();
      on_leaf(word, set);
      return;
    }
    const Node& node = *node_of(word);
    switch (node.kind) {
      case Kind::kRead:
      case Kind::kReadNext: return node.projection == nullptr ? read(node, set, on_leaf) : read_projected(node, set, on_leaf);
      case Kind::kChoose: return choose(node, set, on_leaf);
      case Kind::kEach: return each(node, set, on_leaf);
      case Kind::kWhole:
      case Kind::kWholeNext: return whole(node, set, on_leaf);
    }
  }

  static bool next(const Node& node) noexcept { return node.kind == Kind::kReadNext || node.kind == Kind::kWholeNext; }

  // The id of a cell where it is known.
  uint32_t id_of(uint32_t cell, bool next) const noexcept { return next && after_[cell] != kUnknown ? after_[cell] : known_[cell]; }

  // Calls with each id that a cell has in some states, and those in which it has; it is known meanwhile. Ids that are not wanted are passed over.
  template <class Wanted, class OnPart>
  void by_id(uint32_t cell, Set set, Wanted&& wanted, OnPart&& on_part) {
    std::vector<uint32_t> ids;
    sets_.ids(set, cell, ids);
    trail_.push_back(cell);
    for (const uint32_t id : ids) {
      if (!wanted(id)) continue;
      const Set states = sets_.select(set, cell, id);
      const Held held(sets_, states);
      known_[cell] = id;
      on_part(id, states);
    }
    known_[cell] = kUnknown;
    trail_.pop_back();
  }

  static bool any(uint32_t) noexcept { return true; }

  template <class OnLeaf>
  void read(const Node& node, Set set, OnLeaf& on_leaf) {
    const uint32_t known = id_of(node.where, next(node));
    if (known != kUnknown) return visit(child(node, known, set), set, on_leaf);
    by_id(node.where, set, [&](uint32_t id) { return node.children.find(id) != kDisabled; }, [&](uint32_t id, Set states) { visit(child(node, id, states), states, on_leaf); });
  }

  template <class OnLeaf>
  void read_projected(const Node& node, Set set, OnLeaf& on_leaf) {
    const uint32_t known = id_of(node.where, next(node));
    if (known != kUnknown) return visit(child(node, looked_up(MissKind::kProjection, *node.projection, known), set), set, on_leaf);
    std::vector<std::pair<uint32_t, Set>> groups;
    by_id(node.where, set, any, [&](uint32_t id, Set part) {
      const uint32_t result = looked_up(MissKind::kProjection, *node.projection, id);
      if (node.children.find(result) == kDisabled) return;
      std::vector<Literal> back{{node.where, id}};
      const Set states = sets_.assign(part, sets_.effect(back));
      for (auto& group : groups) {
        if (group.first == result) {
          group.second = sets_.join(group.second, states);
          return;
        }
      }
      groups.emplace_back(result, states);
    });
    const Held held(sets_);
    for (const auto& group : groups) sets_.held.push_back(group.second);
    for (const auto& group : groups) visit(child(node, group.first, group.second), group.second, on_leaf);
  }

  template <class OnLeaf>
  void choose(const Node& node, Set set, OnLeaf& on_leaf) {
    for (uint32_t option = 0; option < node.detail; ++option) {
      miss_.script.push_back(option);
      visit(child(node, option, set), set, on_leaf);
      miss_.script.pop_back();
    }
  }

  // The cells of a collection that are not 0 in some state, by rank.
  std::vector<uint32_t> present(uint32_t collection, Set set, bool next) {
    std::vector<uint32_t> cells;
    if (collection >= members_.size()) return cells;
    std::vector<uint32_t> support;
    sets_.support(set, support);
    for (const uint32_t cell : support) {
      if (space_.collection_of(cell) == collection && id_of(cell, next) == kUnknown) cells.push_back(cell);
    }
    for (const uint32_t cell : members_[collection]) {
      const uint32_t id = id_of(cell, next);
      if (id != kUnknown && id != 0) cells.push_back(cell);
    }
    return cells;
  }

  template <class OnLeaf>
  void each(const Node& node, Set set, OnLeaf& on_leaf) {
    std::vector<uint32_t> ids;
    for (const uint32_t cell : present(node.where, set, false)) {
      const uint32_t place = space_.place_of(cell);
      if (node.children.find(place) == kDisabled) continue;
      miss_.script.push_back(cell);
      if (known_[cell] != kUnknown) {
        visit(child(node, place, set), set, on_leaf);
      } else {
        sets_.ids(set, cell, ids);
        const bool one = ids.size() == (ids[0] == 0 ? 2 : 1);
        const uint32_t id = ids.back();
        const Set states = one ? sets_.select(set, cell, id) : sets_.having(set, cell);
        const Held held(sets_, states);
        if (one) {
          trail_.push_back(cell);
          known_[cell] = id;
        }
        visit(child(node, place, states), states, on_leaf);
        if (one) {
          known_[cell] = kUnknown;
          trail_.pop_back();
        }
      }
      miss_.script.pop_back();
    }
  }

  template <class OnLeaf>
  void whole(const Node& node, Set set, OnLeaf& on_leaf) {
    const std::vector<uint32_t> cells = present(node.where, set, next(node));
    whole_from(node, cells, 0, 0, set, on_leaf);
  }

  template <class OnLeaf>
  void whole_from(const Node& node, const std::vector<uint32_t>& cells, size_t i, uint64_t key, Set set, OnLeaf& on_leaf) {
    for (; i < cells.size(); ++i) {
      const uint32_t cell = cells[i];
      if (node.projection != nullptr && looked_up(MissKind::kProjection, *node.projection, space_.place_of(cell)) == 0) continue;
      const uint32_t id = id_of(cell, next(node));
      if (id == kUnknown) {
        by_id(cell, set, any, [&](uint32_t found, Set states) { whole_from(node, cells, i + 1, key + mix(cell, found), states, on_leaf); });
        return;
      }
      key += mix(cell, id);
    }
    visit(child(node, key, set), set, on_leaf);
  }

  template <class OnEffect>
  void resolve(const Leaf& leaf, const Write* write, Set rest, OnEffect& on_effect) {
    if (write == leaf.end()) {
      on_effect(rest, writes_);
      return;
    }
    const auto with = [&](uint32_t old, Set states) {
      writes_.emplace_back(write->cell, write->update == nullptr ? write->value : looked_up(MissKind::kUpdate, *write->update, old));
      resolve(leaf, write + 1, states, on_effect);
      writes_.pop_back();
    };
    if (write->update == nullptr || known_[write->cell] != kUnknown) return with(known_[write->cell], rest);
    by_id(write->cell, rest, any, with);
  }

  const Space& space_;
  Sets& sets_;
  const Supply supply_;
  void* const data_;
  const Tree* tree_ = nullptr;
  Miss miss_;
  std::vector<uint32_t> known_;                // By cell the id that this branch has read; the cell is 0 in the set.
  std::vector<uint32_t> trail_;                // The cells that are known.
  std::vector<uint32_t> after_;                // By cell the id that the step writes.
  std::vector<bool> asked_;                    // By tree whether a walk came to a leaf.
  const std::vector<Step>* steps_ = nullptr;   // The steps, while a tree that reads the successor is walked.
  std::vector<Literal> writes_;                // Of the leaf being resolved.
  std::vector<Literal> list_;
  std::vector<std::vector<uint32_t>> members_; // By collection its cells.
  uint32_t noted_ = 0;                         // Cells that are among them, or in none.
};

}  // namespace modelcheck
