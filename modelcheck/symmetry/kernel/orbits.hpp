// The number of a state's orbit: the same for all states that differ in the names of interchangeable things alone.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "images.hpp"
#include "modelcheck/statespace/kernel/memory.hpp"
#include "modelcheck/statespace/kernel/space.hpp"
#include "modelcheck/statespace/kernel/state.hpp"
#include "modelcheck/statespace/kernel/walk.hpp"

namespace modelcheck {

// Writers hold the interpreter's lock, readers take none.
class Orbits {
 public:
  static constexpr uint32_t kNoName = UINT32_MAX;

  // Args: how many renamings are listed, 0 for signatures; the sizes of the blocks of names; whether no default of a cell changes under a renaming; whether states are
  // compared under all renamings; how many states are compared before only some are.
  Orbits(const Space& space, uint32_t listed, const std::vector<uint32_t>& blocks, bool plain_defaults, bool exhaustive, uint64_t each, uint64_t seed)
      : space_(space), listed_(listed), plain_defaults_(plain_defaults), exhaustive_(exhaustive), each_(each), seed_(seed),
        region_(Region::reserve(size_t{space.max_cells()} * sizeof(std::atomic<ChildTable*>))),
        tables_(static_cast<std::atomic<ChildTable*>*>(region_.data())) {
    for (const uint32_t size : blocks) {
      blocks_.push_back({names_, size});
      for (uint32_t i = 2; i <= size; ++i) {
        if (__builtin_mul_overflow(order_, uint64_t{i}, &order_)) throw std::overflow_error("there are more than 2**64 renamings");
      }
      names_ += size;
    }
    zero_ = make(kNoName, 0, 0, listed == 0 ? 1 : listed);
  }

  uint32_t names() const noexcept { return names_; }
  uint64_t order() const noexcept { return order_; }
  bool exhaustive() const noexcept { return exhaustive_; }
  uint64_t each() const noexcept { return each_; }
  uint64_t seed() const noexcept { return seed_; }
  uint32_t listed() const noexcept { return listed_; }

  // The pairs (cell, id) become, in the order of the renamings or names.
  void set_row(uint32_t cell, uint32_t id, uint32_t name, const std::vector<std::pair<uint32_t, uint32_t>>& images) {
    if (cell >= space_.cells() || images.empty() || (listed_ != 0 && images.size() != listed_)) throw std::invalid_argument("a row has a pair for each renaming");
    if (find(cell, id) != nullptr) return;
    Images* row = make(name, name == kNoName ? 0 : first_of(name), hash(images[0].first, images[0].second), static_cast<uint32_t>(images.size()));
    for (size_t i = 0; i < images.size(); ++i) {
      row->numbers()[i] = mix(images[i].first, images[i].second);
      row->places()[i] = uint64_t{images[i].first} << 32 | images[i].second;
    }
    ChildTable* table = tables_[cell].load(std::memory_order_relaxed);
    if (table == nullptr) {
      table = new (arena_.allocate(sizeof(ChildTable))) ChildTable();
      tables_[cell].store(table, std::memory_order_release);
    }
    table->put(id, reinterpret_cast<Word>(row), arena_);
  }

  // The states of each permutation, by which renamings are known: where all are listed.
  void set_renamings(std::vector<Renaming> renamings) { renamings_ = std::move(renamings); }

  // Which trees are those of one action.
  void set_families(std::vector<uint32_t> families) { families_ = std::move(families); }
  uint32_t family(uint32_t tree) const noexcept { return tree < families_.size() ? families_[tree] : tree; }

  // False when a row is missing, which the miss then names.
  bool sum(const State& state, Orbit& orbit, Miss& miss) const {
    orbit.rest = orbit.total = 0;
    orbit.sums.assign(listed_ == 0 ? names_ : listed_, 0);
    orbit.rows.clear();
    const auto note = [&](const Images& row) {
      add(orbit, row);
      orbit.rows.push_back(&row);
    };
    if (!over(state, miss, note)) return false;
    if (listed_ == 0) {
      for (uint32_t name = 0; name < names_; ++name) orbit.total += scrambled(name, orbit.sums[name]);
    }
    return true;
  }

  bool changes(const State& state, const Leaf& leaf, Changes& found, Miss& miss) const {
    found.clear();
    for (const Write& write : leaf) {
      const uint32_t old = state.at(write.cell);
      const uint32_t id = write.update == nullptr ? write.value : write.update->find(old);
      if (id == old) continue;
      const Images* lost = find(write.cell, old);
      const Images* gained = find(write.cell, id);
      if (lost == nullptr) return missing(write.cell, old, miss);
      if (gained == nullptr) return missing(write.cell, id, miss);
      found.emplace_back(lost, gained);
    }
    return true;
  }

  // The number of the orbit of the state after changes to one whose sums are given.
  uint64_t number_after(const Orbit& orbit, const Changes& changes, Orbit& scratch) const {
    return listed_ == 0 ? signatures_after(orbit, changes, scratch) : scramble(least_after(orbit.sums.data(), changes));
  }

  // How many states its orbit has.
  uint64_t size_after(const Orbit& orbit, const Changes& changes, Orbit& scratch) const {
    scratch.sums = orbit.sums;
    if (listed_ != 0) {
      listed_after(orbit, changes, scratch);
    } else {
      for (const auto& [lost, gained] : changes) {
        if (lost->name != kNoName) scratch.sums[lost->name] -= lost->own;
        if (gained->name != kNoName) scratch.sums[gained->name] += gained->own;
      }
    }
    return size(scratch);
  }

  uint64_t size(Orbit& orbit) const {
    if (listed_ != 0) {
      const uint64_t least = *std::min_element(orbit.sums.begin(), orbit.sums.end());
      return listed_ / static_cast<uint64_t>(std::count(orbit.sums.begin(), orbit.sums.end(), least));
    }
    return order_ / stabilizer(orbit);
  }

  // Which renamings a state is compared under: some that its number chooses, or all.
  void choose(uint64_t number, uint32_t count, std::vector<Renaming>& chosen) const {
    chosen.clear();
    if (listed_ != 0 && (exhaustive_ || count >= listed_ - 1)) {
      chosen.assign(renamings_.begin() + 1, renamings_.end());
      return;
    }
    Random random(number ^ seed_);
    for (; count > 0; --count) {
      if (listed_ != 0) {
        chosen.push_back(renamings_[1 + random.below(listed_ - 1)]);
      } else {
        chosen.push_back(shuffled(random));
      }
    }
  }

  // Renamings that generate all.
  std::vector<Renaming> generators() const {
    std::vector<Renaming> found;
    for (const Renaming& renaming : renamings_) {
      if (!is_identity(renaming)) found.push_back(renaming);
    }
    if (listed_ != 0) return found;
    for (const auto& [first, size] : blocks_) {
      for (uint32_t i = 1; i < size; ++i) {
        Renaming swapping;
        for (uint32_t name = 0; name < names_; ++name) swapping.to.push_back(name);
        std::swap(swapping.to[first], swapping.to[first + i]);
        found.push_back(std::move(swapping));
      }
    }
    return found;
  }

  // What the changes add to the fingerprint of the renamed state.
  uint64_t renamed_after(const Changes& changes, const Renaming& renaming) const noexcept {
    uint64_t gain = 0;
    for (const auto& [lost, gained] : changes) gain += gained->numbers()[at(*gained, renaming)] - lost->numbers()[at(*lost, renaming)];
    return gain;
  }

  // Makes another state the renamed one, and adds up its fingerprint.
  bool rename(const State& state, const Renaming& renaming, State& renamed, uint64_t& fingerprint, Miss& miss) const {
    renamed.clear();
    fingerprint = 0;
    return over(state, miss, [&](const Images& row) {
      const uint32_t which = at(row, renaming);
      fingerprint += row.numbers()[which];
      renamed.set(static_cast<uint32_t>(row.places()[which] >> 32), static_cast<uint32_t>(row.places()[which]));
    });
  }

  // The same for a state whose orbit was summed up.
  void rename(const Orbit& orbit, const Renaming& renaming, State& renamed) const {
    renamed.clear();
    for (const Images* row : orbit.rows) {
      const uint64_t place = row->places()[at(*row, renaming)];
      renamed.set(static_cast<uint32_t>(place >> 32), static_cast<uint32_t>(place));
    }
  }

  uint64_t renamed_fingerprint(const Orbit& orbit, const Renaming& renaming) const noexcept {
    if (listed_ != 0) return orbit.sums[renaming.index];
    uint64_t fingerprint = 0;
    for (const Images* row : orbit.rows) fingerprint += row->numbers()[at(*row, renaming)];
    return fingerprint;
  }

  uint64_t bytes() const noexcept { return arena_.bytes(); }

 private:
  // A pair's own number; not 0 for id 0, since what a default mentions counts.
  static uint64_t hash(uint32_t cell, uint32_t id) noexcept { return mix(cell | uint32_t{1} << 31, id + 1); }

  static bool is_identity(const Renaming& renaming) noexcept {
    for (uint32_t i = 0; i < renaming.to.size(); ++i) {
      if (renaming.to[i] != i) return false;
    }
    return true;
  }

  Renaming shuffled(Random& random) const {
    Renaming renaming;
    do {
      renaming.to.resize(names_);
      for (uint32_t i = 0; i < names_; ++i) renaming.to[i] = i;
      for (const auto& [first, size] : blocks_) {
        for (uint32_t i = size; i > 1; --i) std::swap(renaming.to[first + i - 1], renaming.to[first + random.below(i)]);
      }
    } while (is_identity(renaming));
    return renaming;
  }

  static bool missing(uint32_t cell, uint32_t id, Miss& miss) noexcept {
    miss.kind = MissKind::kImage;
    miss.index = cell;
    miss.id = id;
    return false;
  }

  uint64_t scrambled(uint32_t name, uint64_t signature) const noexcept { return scramble(signature + first_of(name) * 0x9e3779b97f4a7c15u); }

  uint32_t first_of(uint32_t name) const noexcept {
    uint32_t found = 0;
    for (const auto& [first, size] : blocks_) found = first <= name ? first : found;
    return found;
  }

  uint32_t at(const Images& row, const Renaming& renaming) const noexcept {
    if (listed_ != 0) return renaming.index;
    return row.name == kNoName ? 0 : renaming.to[row.name] - row.first;
  }

  const Images* find(uint32_t cell, uint32_t id) const noexcept {
    if (id == 0 && space_.collection_of(cell) != Space::kNoCollection) return zero_;
    const ChildTable* table = tables_[cell].load(std::memory_order_acquire);
    return table == nullptr ? nullptr : reinterpret_cast<const Images*>(table->find(id));
  }

  Images* make(uint32_t name, uint32_t first, uint64_t own, uint32_t count) {
    auto* row = static_cast<Images*>(arena_.allocate(sizeof(Images) + size_t{count} * 16));
    *row = {name, first, own, count};
    return row;
  }

  // Calls `visit` with the row of each pair of a state that matters.
  template <class Visit>
  bool over(const State& state, Miss& miss, Visit&& visit) const {
    const bool all = listed_ == 0 || !plain_defaults_;
    for (uint32_t cell = 0; cell < space_.fixed(); ++cell) {
      const uint32_t id = state.at(cell);
      if (id == 0 && (!all || space_.collection_of(cell) != Space::kNoCollection)) continue;
      const Images* row = find(cell, id);
      if (row == nullptr) return missing(cell, id, miss);
      visit(*row);
    }
    for (size_t c = 0; c < state.collections(); ++c) {
      for (const uint32_t cell : state.present(static_cast<uint32_t>(c))) {
        if (cell < space_.fixed()) continue;
        const Images* row = find(cell, state.at(cell));
        if (row == nullptr) return missing(cell, state.at(cell), miss);
        visit(*row);
      }
    }
    return true;
  }

  void add(Orbit& orbit, const Images& row) const noexcept {
    if (listed_ != 0) {
      uint64_t* __restrict into = orbit.sums.data();
      const uint64_t* __restrict from = row.numbers();
      for (uint32_t g = 0; g < listed_; ++g) into[g] += from[g];
    } else if (row.name == kNoName) {
      orbit.rest += row.own;
    } else {
      orbit.sums[row.name] += row.own;
    }
  }

  // The least of the sums after changes, a few at a time, so that these stay in registers.
  uint64_t least_after(const uint64_t* sums, const Changes& changes) const noexcept {
    constexpr uint32_t kAtOnce = 4;
    uint64_t least = UINT64_MAX;
    uint32_t g = 0;
    for (; g + kAtOnce <= listed_; g += kAtOnce) {
      uint64_t found[kAtOnce];
      for (uint32_t i = 0; i < kAtOnce; ++i) found[i] = sums[g + i];
      for (const auto& [lost, gained] : changes) {
        const uint64_t* minus = lost->numbers() + g;
        const uint64_t* plus = gained->numbers() + g;
        for (uint32_t i = 0; i < kAtOnce; ++i) found[i] += plus[i] - minus[i];
      }
      for (uint32_t i = 0; i < kAtOnce; ++i) least = found[i] < least ? found[i] : least;
    }
    for (; g < listed_; ++g) {
      uint64_t found = sums[g];
      for (const auto& [lost, gained] : changes) found += gained->numbers()[g] - lost->numbers()[g];
      least = found < least ? found : least;
    }
    return least;
  }

  void listed_after(const Orbit& orbit, const Changes& changes, Orbit& scratch) const {
    scratch.sums.resize(listed_);
    uint64_t* into = scratch.sums.data();
    const uint64_t* from = orbit.sums.data();
    for (uint32_t g = 0; g < listed_; ++g) into[g] = from[g];
    for (const auto& [lost, gained] : changes) {
      const uint64_t* minus = lost->numbers();
      const uint64_t* plus = gained->numbers();
      for (uint32_t g = 0; g < listed_; ++g) into[g] += plus[g] - minus[g];
    }
  }

  // Only the names that the changes mention have another signature. `scratch` holds what changes of each of these, and zeros before and after.
  uint64_t signatures_after(const Orbit& orbit, const Changes& changes, Orbit& scratch) const {
    scratch.sums.resize(names_);
    uint64_t rest = orbit.rest;
    uint64_t total = orbit.total;
    for (const auto& [lost, gained] : changes) {
      (lost->name == kNoName ? rest : scratch.sums[lost->name]) -= lost->own;
      (gained->name == kNoName ? rest : scratch.sums[gained->name]) += gained->own;
    }
    for (const auto& [lost, gained] : changes) {
      for (const Images* row : {lost, gained}) {
        if (row->name == kNoName || scratch.sums[row->name] == 0) continue;
        const uint64_t before = orbit.sums[row->name];
        total += scrambled(row->name, before + std::exchange(scratch.sums[row->name], 0)) - scrambled(row->name, before);
      }
    }
    return scramble(rest ^ scramble(total));
  }

  // How many renamings leave the signatures as they are.
  uint64_t stabilizer(Orbit& orbit) const {
    uint64_t found = 1;
    for (const auto& [first, size] : blocks_) {
      const auto begin = orbit.sums.begin() + first;
      std::vector<uint64_t> sorted(begin, begin + size);
      std::sort(sorted.begin(), sorted.end());
      uint64_t ties = 1;
      for (uint32_t i = 1; i < size; ++i) {
        ties = sorted[i] == sorted[i - 1] ? ties + 1 : 1;
        found *= ties;
      }
    }
    return found;
  }

  const Space& space_;
  const uint32_t listed_;
  const bool plain_defaults_;
  const bool exhaustive_;
  const uint64_t each_;
  const uint64_t seed_;
  Region region_;
  std::atomic<ChildTable*>* tables_;  // For each cell that there can be the rows of its ids; null for none.
  std::vector<std::pair<uint32_t, uint32_t>> blocks_;  // First name and size: the names of one block may trade places.
  uint32_t names_ = 0;
  uint64_t order_ = 1;  // How many renamings there are.
  std::vector<Renaming> renamings_;  // All of them, the identity first, or none.
  std::vector<uint32_t> families_;
  Arena arena_;
  Images* zero_ = nullptr;  // Of an absent element.
};

}  // namespace modelcheck
