// A search at rest, as a file: what its workers know beside the trees, which are rebuilt by running the spec's code again.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "modelcheck/disk/kernel/stream.hpp"
#include "strategies.hpp"

namespace modelcheck {

// Whoever adds to these says here whether a search that uses it can be saved.
static_assert(sizeof(Settings) == 56 && sizeof(Chunk) == 40, "a snapshot holds all that a search knows");

// Breadth-first searches only, with no expansion under way. States in the file hold the numbers that the space gave to cells and ids, so the space that they are
// read for must have given the same.
class Snapshot {
 public:
  using Workers = std::vector<std::unique_ptr<Strategy>>;

  // `next` holds the chunks of the next level, but for those that are among the workers' own.
  Snapshot(Search& search, Workers& workers, std::vector<Chunk>& next) : search_(search), workers_(workers), next_(next) {
    if (search.settings.mode != Mode::kBreadth || search.settings.records || search.settings.orbits != nullptr || search.space.plain() != nullptr) {
      throw std::invalid_argument("only a breadth-first search of states, which records its runs and not its steps, can be saved");
    }
  }

  void save(Output& out) const {
    for (const uint64_t word : {kMagic, uint64_t{search_.settings.workers}, uint64_t{search_.plan.trees}, uint64_t{search_.depth}}) out.word(word);
    for (const auto& worker : workers_) save_counts(out, worker->counts());
    const std::vector<Finding> findings = search_.findings.all();
    out.word(findings.size());
    for (const Finding& found : findings) {
      for (const uint64_t word : {static_cast<uint64_t>(found.tree), uint64_t{found.depth}, found.parent, static_cast<uint64_t>(found.ordinal)}) out.word(word);
    }
    for (const auto& worker : workers_) save_log(out, worker->log());
    save_table(out);
    save_chunks(out, search_.level.rest());
    save_chunks(out, next_);
  }

  // In a search that has not begun. Nothing can be done with it if this throws.
  void restore(Input& in) {
    if (in.word() != kMagic) throw std::runtime_error("the file is of another version, or of a machine that orders bytes otherwise");
    if (in.word() != search_.settings.workers || in.word() != search_.plan.trees) throw std::runtime_error("the file is of another search");
    search_.depth = static_cast<uint32_t>(in.word());
    for (const auto& worker : workers_) restore_counts(in, worker->counts());
    for (uint64_t left = in.count(); left > 0; --left) {
      Finding found{};
      found.tree = static_cast<int64_t>(in.word());
      found.depth = static_cast<uint32_t>(in.word());
      found.parent = in.word();
      found.ordinal = static_cast<int64_t>(in.word());
      if (found.tree < kDeadlock || found.tree >= int64_t{search_.plan.trees}) throw std::runtime_error("the file is of another search");
      search_.findings.record(found);
    }
    for (const auto& worker : workers_) restore_log(in, worker->log());
    restore_table(in);
    std::vector<Chunk> level = restored_chunks(in);
    next_ = restored_chunks(in);
    if (!in.ended()) throw std::runtime_error("the file holds more than a search");
    search_.level.replace(std::move(level));
    for (const auto& worker : workers_) worker->publish(0);
  }

 private:
  static constexpr uint64_t kMagic = 0x0001'6b63'6568'636du;  // "mchck", and the version of what follows.

  template <typename Each>
  static void of_numbers(Counts& counts, Each&& each) {
    for (uint64_t* number : {&counts.states, &counts.orbits, &counts.generated, &counts.out_of_bounds, &counts.expanded, &counts.stuttering.ref}) each(*number);
    for (std::vector<uint64_t>* numbers : {&counts.enabled, &counts.fresh, &counts.dropped, &counts.evaluations}) {
      for (uint64_t& number : *numbers) each(number);
    }
  }

  static void save_counts(Output& out, Counts& counts) {
    out.word(uint64_t{counts.depth} << 32 | counts.stuttering.depth);
    of_numbers(counts, [&out](uint64_t number) { out.word(number); });
    for (const uint8_t asked : counts.asked) out.word(asked);
  }

  static void restore_counts(Input& in, Counts& counts) {
    const uint64_t depths = in.word();
    counts.depth = static_cast<uint32_t>(depths >> 32);
    counts.stuttering.depth = static_cast<uint32_t>(depths);
    of_numbers(counts, [&in](uint64_t& number) { number = in.word(); });
    for (uint8_t& asked : counts.asked) asked = static_cast<uint8_t>(in.word());
  }

  static void save_log(Output& out, const TraceLog& log) {
    out.word(log.size());
    log.each([&out](uint64_t entry) { out.word(entry); });
  }

  static void restore_log(Input& in, TraceLog& log) {
    for (uint64_t left = in.count(); left > 0; --left) log.append_entry(in.word());
  }

  void save_table(Output& out) const {
    uint64_t keys = 0;
    search_.table.each_key([&keys](uint64_t) { ++keys; });
    out.word(search_.table.slots());
    out.word(keys);
    search_.table.each_key([&out](uint64_t key) { out.word(key); });
  }

  void restore_table(Input& in) {
    const uint64_t slots = in.word();
    const uint64_t keys = in.count();
    if (slots / 16 * 15 < keys) throw std::runtime_error("the file holds more fingerprints than it says");
    if (slots > search_.table.slots() && (search_.table.bytes_for(slots) > available_memory() || !search_.table.grow(slots, search_.settings.workers))) throw std::bad_alloc();
    if (search_.table.reserve(keys, true) != keys) throw std::runtime_error("the file holds more fingerprints than it says");
    for (uint64_t i = 0; i < keys; ++i) {
      const uint64_t key = in.word();
      const FingerprintTable::Place place = search_.table.find(key);
      if (place.found) throw std::runtime_error("the file holds a fingerprint twice");
      search_.table.claim<false>(place, key);
    }
  }

  template <typename Chunks>
  static void save_chunks(Output& out, const Chunks& chunks) {
    out.word(chunks.size());
    for (const Chunk& chunk : chunks) {
      out.word(chunk.states);
      out.word(chunk.first);
      out.bytes(chunk.bytes.get(), chunk.used);
    }
  }

  std::vector<Chunk> restored_chunks(Input& in) {
    std::vector<Chunk> chunks;
    for (uint64_t left = in.count(); left > 0; --left) {
      const auto states = static_cast<uint32_t>(in.word());
      const Ref first = in.word();
      const size_t used = in.size();
      chunks.push_back(search_.chunks.take(used));
      Chunk& chunk = chunks.back();
      chunk.states = states;
      chunk.first = first;
      chunk.used = used;
      in.bytes(chunk.bytes.get(), used);
      if (first >> kIndexBits >= workers_.size() || (first & ((Ref{1} << kIndexBits) - 1)) + states > workers_[first >> kIndexBits]->log().size()) throw std::runtime_error("the file names states that it does not hold");
    }
    return chunks;
  }

  Search& search_;
  Workers& workers_;
  std::vector<Chunk>& next_;
};

}  // namespace modelcheck
