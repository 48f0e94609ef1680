// Depth-first search for a linearization, with memory of where it has been.
//
// Wing and Gong, "Testing and verifying concurrent objects", 1993: take any operation that was called before the first
// return among those left, go on, and backtrack. Lowe 2017: never come twice to one set of operations in one state. It
// goes straight for an explanation, so it is quick on many histories that have one, and hopeless on most that do not.
//
// The set is remembered by 128 random bits, so that memory grows with the configurations and not with their product
// with the operations. Two different sets agree with a probability below 2^-64 for any search that fits in memory.
#pragma once

#include <unordered_set>

#include "events.hpp"
#include "frontier.hpp"

namespace consistency {

class WingGong {
 public:
  WingGong(const std::vector<Operation>& operations, const std::vector<Nature>& natures, int32_t initial,
           StepTable& table, Budget budget)
      : operations_(operations), natures_(natures), initial_(initial), table_(table), budget_(budget) {
    const std::vector<Event> events = events_of(operations);
    entries_.resize(2 * operations.size() + 1);
    int32_t last = head();
    for (const Event& event : events) {
      const int32_t entry = event.operation * 2 + event.is_return;
      entries_[size_t(last)].next = entry;
      entries_[size_t(entry)].previous = last;
      last = entry;
      duties_ += event.is_return;
    }
    entries_[size_t(last)].next = END;
    for (size_t index = 0; index < operations.size(); ++index) marks_.push_back({random(), random()});
  }

  Answer run() {
    Answer answer;
    answer.outcome = search();
    answer.steps = budget_.asked();
    if (answer.outcome == Outcome::holds)
      for (const Choice& choice : chosen_) answer.order.push_back(choice.operation);
    return answer;
  }

 private:
  static constexpr int32_t END = -1;

  struct Entry {
    int32_t previous = END, next = END;  // in the order of time; a call is twice the operation, its return one more
  };
  struct Mark {
    uint64_t low, high;
    bool operator==(const Mark& other) const { return low == other.low && high == other.high; }
  };
  struct Place {
    Mark set;
    int32_t state;
    bool operator==(const Place& other) const { return set == other.set && state == other.state; }
  };
  struct HashOfPlace {
    size_t operator()(const Place& place) const { return place.set.low ^ uint64_t(place.state) * 0x9E3779B97F4A7C15ull; }
  };
  struct Choice {
    int32_t operation;
    int32_t state;  // before it
  };

  int32_t head() const { return int32_t(entries_.size()) - 1; }

  // splitmix64; a fixed seed, so that every run is the same.
  uint64_t random() {
    uint64_t z = seed_ += 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  Outcome search() {
    int32_t state = initial_;
    int32_t entry = entries_[size_t(head())].next;
    while (duties_ > 0) {
      if (budget_.time_is_up()) return table_.failed() ? Outcome::failed : Outcome::time_out;
      if ((budget_.asked() & 4095) == 0 && budget_.too_large(visited_.size() * 64)) return Outcome::memory_out;
      if (entry == END || (entry & 1) != 0) {
        if (!backtrack(state, entry)) return table_.failed() ? Outcome::failed : Outcome::violated;
        continue;
      }
      const int32_t index = entry / 2;
      const int32_t next = table_.next(state, operations_[size_t(index)].kind);
      if (next >= 0 && enter(index, next)) {
        chosen_.push_back({index, state});
        budget_.reached(chosen_.size());
        lift(index);
        state = next;
        entry = entries_[size_t(head())].next;
      } else {
        entry = entries_[size_t(entry)].next;
      }
    }
    return table_.failed() ? Outcome::failed : Outcome::holds;
  }

  bool enter(int32_t index, int32_t state) {
    const Mark mark = toggled(index);
    if (!visited_.insert({mark, state}).second) return false;
    set_ = mark;
    return true;
  }

  Mark toggled(int32_t index) const {
    return {set_.low ^ marks_[size_t(index)].low, set_.high ^ marks_[size_t(index)].high};
  }

  // Undoes the last choice and goes on behind it. A choice that changes no state is never worth undoing.
  bool backtrack(int32_t& state, int32_t& entry) {
    while (!chosen_.empty()) {
      const Choice last = chosen_.back();
      chosen_.pop_back();
      set_ = toggled(last.operation);
      drop(last.operation);
      state = last.state;
      entry = entries_[size_t(last.operation) * 2].next;
      if (natures_[size_t(operations_[size_t(last.operation)].kind)] != Nature::pure) return true;
    }
    return false;
  }

  void unlink(int32_t entry) {
    const Entry& links = entries_[size_t(entry)];
    entries_[size_t(links.previous)].next = links.next;
    if (links.next != END) entries_[size_t(links.next)].previous = links.previous;
  }
  void relink(int32_t entry) {
    const Entry& links = entries_[size_t(entry)];
    entries_[size_t(links.previous)].next = entry;
    if (links.next != END) entries_[size_t(links.next)].previous = entry;
  }
  bool returns(int32_t index) const { return operations_[size_t(index)].finish != NEVER; }
  void lift(int32_t index) {
    unlink(index * 2);
    if (returns(index)) unlink(index * 2 + 1), --duties_;
  }
  void drop(int32_t index) {
    if (returns(index)) relink(index * 2 + 1), ++duties_;
    relink(index * 2);
  }

  const std::vector<Operation>& operations_;
  const std::vector<Nature>& natures_;
  const int32_t initial_;
  StepTable& table_;
  Budget budget_;
  std::vector<Entry> entries_;       // by entry; the last is the head of the list
  std::vector<Mark> marks_;          // by operation
  std::vector<Choice> chosen_;       // the order so far
  std::unordered_set<Place, HashOfPlace> visited_;
  Mark set_{0, 0};                   // of the operations chosen
  int64_t duties_ = 0;               // returned operations not yet chosen
  uint64_t seed_ = 0x5EED;
};

}  // namespace consistency
