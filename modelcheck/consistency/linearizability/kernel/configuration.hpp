// A configuration of the frontier, and the set of those met at one event.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace consistency {

// A set of slots.
template <int WORDS>
struct SlotSet {
  std::array<uint64_t, WORDS> words{};

  void insert(int32_t slot) { words[size_t(slot >> 6)] |= 1ull << (slot & 63); }
  void erase(int32_t slot) { words[size_t(slot >> 6)] &= ~(1ull << (slot & 63)); }
  bool contains(int32_t slot) const { return words[size_t(slot >> 6)] >> (slot & 63) & 1; }
  void insert_all(const SlotSet& other) {
    for (int word = 0; word < WORDS; ++word) words[word] |= other.words[word];
  }
  bool is_within(const SlotSet& other) const {
    uint64_t extra = 0;
    for (int word = 0; word < WORDS; ++word) extra |= words[word] & ~other.words[word];
    return extra == 0;
  }
  int size() const {
    int bits = 0;
    for (uint64_t word : words) bits += __builtin_popcountll(word);
    return bits;
  }
  bool operator==(const SlotSet& other) const { return words == other.words; }
};

template <int WORDS>
struct Configuration {
  SlotSet<WORDS> done;      // slots whose operation may return
  SlotSet<WORDS> used;      // slots whose operation is spent
  int32_t state = 0;        // of the object
  int32_t node = -1;        // the last step that led here
  int32_t spent = 0;        // steps without a slot; it only ranks configurations
  bool unobserved = false;  // the last step was an overwrite that nothing has seen yet

  // Whether this one can do all that another in the same state can.
  bool covers(const Configuration& other) const {
    return other.done.is_within(done) && used.is_within(other.used) && (other.unobserved || !unobserved);
  }
  bool operator==(const Configuration& other) const {
    return state == other.state && unobserved == other.unobserved && done == other.done && used == other.used;
  }
  uint64_t hash() const {
    uint64_t h = uint64_t(uint32_t(state)) * 2 + unobserved;
    for (int word = 0; word < WORDS; ++word) {
      h = (h ^ done.words[word]) * 0x9E3779B97F4A7C15ull;
      h ^= h >> 29;
      h = (h ^ used.words[word]) * 0xBF58476D1CE4E5B9ull;
      h ^= h >> 32;
    }
    return h;
  }
};

// The configurations met at one event. Open addressing, at most half full; emptied by counting the rounds.
template <int WORDS>
class Met {
 public:
  void clear() {
    ++round_;
    count_ = 0;
    if (entries_.empty()) entries_.resize(64);
  }
  size_t size() const { return count_; }
  size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

  // Whether the configuration is new.
  bool insert(const Configuration<WORDS>& c) {
    if (2 * (count_ + 1) > entries_.size()) grow();
    size_t at = c.hash() & (entries_.size() - 1);
    for (; entries_[at].round == round_; at = (at + 1) & (entries_.size() - 1))
      if (entries_[at].configuration == c) return false;
    entries_[at] = {c, round_};
    ++count_;
    return true;
  }

 private:
  struct Entry {
    Configuration<WORDS> configuration;
    uint64_t round = 0;  // that it was met in; entries of older rounds are free
  };

  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.round != round_) continue;
      size_t at = entry.configuration.hash() & (entries_.size() - 1);
      while (entries_[at].round == round_) at = (at + 1) & (entries_.size() - 1);
      entries_[at] = entry;
    }
  }

  std::vector<Entry> entries_;
  size_t count_ = 0;
  uint64_t round_ = 0;
};

}  // namespace consistency
