// Cells, collections, trees and id tables: what all workers of all explorations share.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "children.hpp"
#include "footprints.hpp"
#include "memory.hpp"
#include "tree.hpp"

namespace modelcheck {

struct PlainRuns;

// Writers take turns (they hold the interpreter's lock). Readers reach a new cell, projection or update only through a node or leaf that was published after it.
class Space {
 public:
  static constexpr uint32_t kMaxCells = uint32_t{1} << 24;
  static constexpr uint64_t kShareOfAddresses = 512;  // An eighth of what a process may have, at the 64 bytes that a cell takes in all of its places.
  static constexpr uint32_t kNoCollection = UINT32_MAX;

  explicit Space(bool check_deadlock) : check_deadlock_(check_deadlock), max_cells_(fitting()), region_(Region::reserve(max_cells_ * sizeof(Cell))), cell_(static_cast<Cell*>(region_.data())), footprints_(max_cells_) {}

  uint32_t max_cells() const noexcept { return max_cells_; }

  uint32_t add_collection() {
    if (sizes_.size() == max_cells_) throw std::overflow_error("a space holds at most " + std::to_string(max_cells_) + " collections");
    sizes_.push_back(0);
    return static_cast<uint32_t>(sizes_.size() - 1);
  }

  uint32_t add_cell(int64_t collection) {
    if (cells_ == max_cells_) throw std::overflow_error("a space holds at most " + std::to_string(max_cells_) + " cells; bound the elements that its sets and maps can hold");
    if (collection < -1 || collection >= static_cast<int64_t>(sizes_.size())) throw std::invalid_argument("no such collection: " + std::to_string(collection));
    if (sealed_ && collection < 0) throw std::invalid_argument("a cell added after seal() must belong to a collection");
    if (collection < 0) {
      cell_[cells_] = {kNoCollection, 0};
    } else {
      cell_[cells_] = {static_cast<uint32_t>(collection), sizes_[collection]++};
      if (!sealed_) collected_.push_back(cells_);
    }
    return cells_++;
  }

  void seal() noexcept {
    if (!sealed_) fixed_ = cells_;
    sealed_ = true;
  }

  uint32_t add_tree(Role role) {
    const bool acts = role == Role::kInit || role == Role::kAction || role == Role::kLiveness;
    trees_.push_back(std::make_unique<Tree>(role, static_cast<uint32_t>(trees_.size()), acts ? 0 : reader_bit(predicates_++)));
    return static_cast<uint32_t>(trees_.size() - 1);
  }

  uint32_t add_projection() { return add_table(projections_); }
  uint32_t add_update() { return add_table(updates_); }
  void set_projection(uint32_t projection, uint32_t id, uint32_t result) { define(projections_, projection, id, result); }
  void set_update(uint32_t update, uint32_t id, uint32_t result) { define(updates_, update, id, result); }

  // Fails when the event names what does not exist.
  Event event(int kind, int64_t where, int64_t detail, uint64_t found, bool taken) const {
    Event event{nullptr, found, static_cast<uint32_t>(where), static_cast<uint32_t>(detail), static_cast<Kind>(kind), taken};
    switch (event.kind) {
      case Kind::kRead:
      case Kind::kReadNext:
        require(taken, "a READ needs the id found");
        require(where >= 0 && where < cells_, "no such cell");
        require(found < IdTable::kUnknown, "an id must be below 2**32 - 1");
        if (detail != 0) event.projection = table(projections_, detail);
        return event;
      case Kind::kChoose:
        require(where == 0 && detail >= 0 && detail < int64_t{1} << 32, "a CHOOSE has where 0 and its number of options as detail");
        require(!taken || found < static_cast<uint64_t>(detail), "the option taken must be below the number of options");
        return event;
      case Kind::kEach:
        require_collection(where);
        require(detail == 0, "an EACH has detail 0");
        require(!taken || (found < cells_ && cell_[found].collection == where), "the element taken must be a cell of the collection");
        if (taken) event.key = cell_[found].place;
        return event;
      case Kind::kWhole:
      case Kind::kWholeNext:
        require(taken, "a WHOLE needs the content key found");
        require_collection(where);
        if (detail != 0) event.projection = table(projections_, detail);
        return event;
    }
    throw std::invalid_argument("no such kind of event");
  }

  Write write(int64_t cell, int64_t update, int64_t argument) const {
    require(cell >= 0 && cell < cells_, "no such cell");
    require(argument >= 0 && argument < IdTable::kUnknown, "an id must be from 0 to 2**32 - 2");
    const auto index = static_cast<uint32_t>(cell);
    const auto value = static_cast<uint32_t>(argument);
    if (update == 0) return {mix(index, value), nullptr, index, value};
    return {0, table(updates_, update), index, 0};
  }

  Mismatch add_path(int64_t index, const std::vector<Event>& events, int outcome, const std::vector<Write>& writes, int64_t label) {
    Tree& grown = tree(index);
    require(outcome >= 0 && outcome <= 4, "no such outcome");
    const auto kind = static_cast<Outcome>(outcome);
    const bool says = grown.role() == Role::kLiveness;  // By the labels of its leaves.
    const bool acts = grown.role() == Role::kInit || grown.role() == Role::kAction || says;
    const bool of_action = kind == Outcome::kEffect || (kind == Outcome::kCut && grown.role() == Role::kAction);
    require(kind == Outcome::kDisabled || acts == of_action, "actions end DISABLED, CUT or in an EFFECT, predicates DISABLED, TRUE or FALSE");
    require(writes.empty() || (kind == Outcome::kEffect && !says), "only the EFFECT of an action writes");
    for (size_t i = 0; i < events.size(); ++i) {
      const bool next = events[i].kind == Kind::kReadNext || events[i].kind == Kind::kWholeNext;
      require(!next || grown.role() == Role::kStep, "only a STEP tree reads the successor");
      require(events[i].taken || (i + 1 == events.size() && kind == Outcome::kDisabled), "a choice of nothing ends a run as DISABLED");
    }
    if (!acts) note_footprint(grown.reader(), events);
    require(label >= -1 && label < int64_t{UINT32_MAX}, "a label must be below 2**32 - 1");
    Marks touched = 0;
    for (const Write& write : writes) touched |= marks_of(write.cell);
    const uint32_t path = paths_++;
    const Mismatch mismatch = grown.add(events, kind, writes, touched, label < 0 ? path : static_cast<uint32_t>(label), label >= 0, arena_);
    version_.fetch_add(1, std::memory_order_release);
    return mismatch;
  }

  // A run of a predicate that is not recorded may have read anything: it is touched by everything from now on.
  void note_unrecorded(Readers reader) const noexcept {
    if ((unrecorded_.load(std::memory_order_relaxed) & reader) != reader) unrecorded_.fetch_or(reader, std::memory_order_relaxed);
  }

  // The predicates that may say something else after the leaf's writes than before.
  Readers touched(const Leaf& leaf) const noexcept {
    Readers readers = unrecorded_.load(std::memory_order_relaxed);
    for (const Write& write : leaf) {
      readers |= footprints_.of_cell(write.cell);
      const uint32_t collection = cell_[write.cell].collection;
      if (collection != kNoCollection) readers |= footprints_.of_collection(collection);
    }
    return readers;
  }

  // Of a cell and its collection.
  Marks marks_of(uint32_t cell) const noexcept {
    const uint32_t collection = cell_[cell].collection;
    return mark_of_cell(cell) | (collection == kNoCollection ? 0 : mark_of_collection(collection));
  }

  Tree& tree(int64_t index) const {
    require(index >= 0 && index < static_cast<int64_t>(trees_.size()), "no such tree");
    return *trees_[index];
  }

  // Who runs the spec's code without recording it, where a path is missing; null where all runs are recorded. Set with all workers at rest.
  const PlainRuns* plain() const noexcept { return plain_; }
  void set_plain(const PlainRuns* plain) noexcept { plain_ = plain; }

  bool check_deadlock() const noexcept { return check_deadlock_; }
  bool sealed() const noexcept { return sealed_; }
  uint32_t cells() const noexcept { return cells_; }
  uint32_t fixed() const noexcept { return fixed_; }
  uint32_t trees() const noexcept { return static_cast<uint32_t>(trees_.size()); }
  const std::vector<uint32_t>& fixed_and_collected() const noexcept { return collected_; }
  uint32_t collection_of(uint32_t cell) const noexcept { return cell_[cell].collection; }
  uint32_t place_of(uint32_t cell) const noexcept { return cell_[cell].place; }
  uint64_t bytes() const noexcept { return arena_.bytes(); }

  // Changes with each path, so that what was derived from the trees can be known to be old. Never 0.
  uint32_t version() const noexcept { return version_.load(std::memory_order_acquire) | 1u << 31; }

 private:
  // How many cells there is room for: fewer than usual where the process may not have much of an address space.
  static uint32_t fitting() noexcept {
    const uint64_t fits = address_space_limit() / kShareOfAddresses;
    return fits > kMaxCells ? kMaxCells : fits < (1 << 16) ? 1 << 16 : static_cast<uint32_t>(fits);
  }

  struct Cell {
    uint32_t collection;  // kNoCollection for a cell by itself.
    uint32_t place;       // Counts the cells of the collection in the order of their addition.
  };

  using Tables = std::vector<std::unique_ptr<IdTable>>;

  static void require(bool holds, const char* message) {
    if (!holds) throw std::invalid_argument(message);
  }

  void require_collection(int64_t where) const { require(where >= 0 && where < static_cast<int64_t>(sizes_.size()), "no such collection"); }

  void note_footprint(Readers reader, const std::vector<Event>& events) noexcept {
    for (const Event& event : events) {
      if (event.kind == Kind::kRead || event.kind == Kind::kReadNext) {
        footprints_.add_cell(event.where, reader);
      } else if (event.kind != Kind::kChoose) {
        footprints_.add_collection(event.where, reader);
      }
    }
  }

  // Tables are numbered from 1, since 0 says that there is none.
  static uint32_t add_table(Tables& tables) {
    tables.push_back(std::make_unique<IdTable>(static_cast<uint32_t>(tables.size() + 1)));
    return static_cast<uint32_t>(tables.size());
  }

  static IdTable* table(const Tables& tables, int64_t number) {
    require(number >= 1 && number <= static_cast<int64_t>(tables.size()), "no such projection or update");
    return tables[number - 1].get();
  }

  void define(const Tables& tables, uint32_t number, uint32_t id, uint32_t result) {
    IdTable* defined = table(tables, number);
    require(id != IdTable::kUnknown && result != IdTable::kUnknown, "an id must be from 0 to 2**32 - 2");
    const uint32_t known = defined->find(id);
    if (known == IdTable::kUnknown) defined->put(id, result, arena_);
    require(known == IdTable::kUnknown || known == result, "the projection or update has another result for this id");
  }

  const PlainRuns* plain_ = nullptr;
  mutable std::atomic<Readers> unrecorded_{0};  // Predicates of which some runs were not recorded.
  const bool check_deadlock_;
  const uint32_t max_cells_;  // Before the regions that it sizes.
  bool sealed_ = false;
  uint32_t cells_ = 0;
  uint32_t fixed_ = 0;              // Cells added before seal(): the first ones, stored densely.
  std::vector<uint32_t> collected_; // Those of them that belong to a collection, ascending.
  std::vector<uint32_t> sizes_;     // Cells per collection.
  Region region_;
  Cell* cell_;  // max_cells_ entries in lazily mapped memory, so that it never moves; the first cells_ are set.
  Footprints footprints_;
  std::vector<std::unique_ptr<Tree>> trees_;
  uint32_t predicates_ = 0;  // Trees that are predicates.
  uint32_t paths_ = 0;       // Paths added, those that were there already included.
  Tables projections_;
  Tables updates_;
  std::atomic<uint32_t> version_{0};
  Arena arena_;  // Nodes, leaves, children, tables.
};

}  // namespace modelcheck
