// The steps out of each state that a search expanded, in few bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

namespace modelcheck {

// States are numbered from 0 by the search; labels tell the instances of actions apart.
using Number = uint32_t;
constexpr Number kOutside = UINT32_MAX;  // In place of a target: the step leads out of the bounds.
constexpr uint32_t kMostNumbers = UINT32_MAX - 2;

struct Edge {
  Number target;
  uint32_t label;
};

inline uint8_t* put_varint(uint8_t* at, uint64_t value) noexcept {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<uint8_t>(value | 0x80);
  *at++ = static_cast<uint8_t>(value);
  return at;
}

inline uint64_t get_varint(const uint8_t*& at) noexcept {
  uint64_t value = *at & 0x7f;
  for (unsigned shift = 7; (*at++ & 0x80) != 0; shift += 7) value |= uint64_t{*at & 0x7fu} << shift;
  return value;
}

inline uint64_t zigzag(int64_t value) noexcept { return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63); }
inline int64_t unzigzag(uint64_t value) noexcept { return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1); }

// What is known of a state that was expanded: the truth of predicates, as bits, and its steps to other states.
struct Expanded {
  Number source = 0;
  std::vector<uint64_t> bits;        // Bit i of word i / 64; words that are missing are 0.
  std::vector<uint32_t> outside;     // Labels of steps that lead out of the bounds.
  std::vector<uint64_t> inside;      // target << 32 | label of the others; none leads to the source itself.

  void clear() noexcept {
    bits.clear();
    outside.clear();
    inside.clear();
  }
};

// A row as bytes: its length and where it belongs, the bits, seven to a byte, then a pair of numbers per step: where it leads and its label. Steps out of the
// bounds come first, led to by 0. The first of the others has the difference to the source, which is not 0, the next ones that to the target before.
struct Row {
  const uint8_t* bits;
  const uint8_t* end;
  Number source;

  bool bit(uint32_t which) const noexcept {
    const uint8_t* at = bits;
    for (; which >= 7; which -= 7) {
      if ((*at++ & 0x80) == 0) return false;
    }
    return (*at >> which & 1) != 0;
  }

  const uint8_t* steps() const noexcept {
    const uint8_t* at = bits;
    while ((*at++ & 0x80) != 0) {
    }
    return at;
  }
};

// Reads the steps of a row one by one.
class Steps {
 public:
  explicit Steps(const Row& row) noexcept : at_(row.steps()), end_(row.end), source_(row.source), previous_(row.source) {}

  bool next(Edge& edge) noexcept {
    if (at_ == end_) return false;
    const uint64_t lead = *at_ < 0x80 ? *at_++ : get_varint(at_);
    edge.label = *at_ < 0x80 ? *at_++ : static_cast<uint32_t>(get_varint(at_));
    if (previous_ != source_) {
      previous_ += static_cast<Number>(lead);
    } else if (lead == 0) {
      edge.target = kOutside;
      return true;
    } else {
      previous_ = static_cast<Number>(source_ + unzigzag(lead));
    }
    edge.target = previous_;
    return true;
  }

  Number source() const noexcept { return source_; }

 private:
  const uint8_t* at_;
  const uint8_t* end_;
  Number source_;
  Number previous_;  // The last target; the source before the first.
};

// The rows that one worker wrote, in blocks so that growing copies nothing.
class RowLog {
 public:
  // Rows that follow each other are mostly about states whose numbers are `stride` apart.
  explicit RowLog(uint32_t stride = 1) noexcept : stride_(stride) {}

  // Sorts the steps and drops those that are there twice.
  void append(Expanded& row) {
    sort(row.outside);
    sort(row.inside);
    if (!row.inside.empty()) most_ = std::max(most_, static_cast<Number>(row.inside.back() >> 32));
    const size_t bound = 10 + (row.bits.size() * 64 + 6) / 7 + 10 * row.outside.size() + 15 * row.inside.size();
    if (payload_.size() < bound) payload_.resize(bound * 2);
    const auto length = static_cast<uint64_t>(encode(row, payload_.data()) - payload_.data());
    uint8_t header[20];
    uint8_t* end = put_varint(header, length << 1 | (row.source != expected_));
    if (row.source != expected_) end = put_varint(end, zigzag(int64_t{row.source} - int64_t{expected_}));
    const auto header_length = static_cast<size_t>(end - header);
    uint8_t* place = room(header_length + length);
    std::memcpy(place, header, header_length);
    std::memcpy(place + header_length, payload_.data(), length);
    expected_ = row.source + stride_;
    ++rows_;
  }

  uint64_t rows() const noexcept { return rows_; }
  uint64_t bytes() const noexcept { return bytes_; }
  // The largest number that a step leads to.
  Number most() const noexcept { return most_; }

  struct Block {
    std::unique_ptr<uint8_t[]> bytes;
    size_t capacity;
    size_t used;
  };
  const std::vector<Block>& blocks() const noexcept { return blocks_; }
  uint32_t stride() const noexcept { return stride_; }

  // A row begins below this offset in its block; one that is longer has a block of its own.
  static constexpr size_t kBlock = size_t{1} << 20;

 private:
  template <typename T>
  static void sort(std::vector<T>& steps) {
    if (steps.size() < 2) return;
    if (steps.size() > kFew) {
      std::sort(steps.begin(), steps.end());
    } else {
      insert_each(steps.data(), steps.size());
    }
    const auto end = std::unique(steps.begin(), steps.end());
    if (end != steps.end()) steps.erase(end, steps.end());
  }

  // Most rows are short, and nearly in order.
  template <typename T>
  static void insert_each(T* steps, size_t count) noexcept {
    for (size_t i = 1; i < count; ++i) {
      const T step = steps[i];
      size_t at = i;
      for (; at > 0 && steps[at - 1] > step; --at) steps[at] = steps[at - 1];
      steps[at] = step;
    }
  }

  static uint8_t* encode(const Expanded& row, uint8_t* at) noexcept {
    at = put_bits(at, row.bits);
    for (const uint32_t label : row.outside) at = put_varint(put_varint(at, 0), label);
    Number previous = row.source;
    for (const uint64_t step : row.inside) {
      const auto target = static_cast<Number>(step >> 32);
      const uint64_t lead = previous == row.source ? zigzag(int64_t{target} - int64_t{previous}) : target - previous;
      at = put_varint(put_varint(at, lead), step & UINT32_MAX);
      previous = target;
    }
    return at;
  }

  static uint8_t* put_bits(uint8_t* at, const std::vector<uint64_t>& bits) noexcept {
    if (bits.size() <= 1) return put_varint(at, bits.empty() ? 0 : bits[0]);  // Which is the same, seven to a byte.
    const auto seven = [&bits](size_t i) {
      const size_t word = i * 7 / 64, shift = i * 7 % 64;
      uint64_t value = bits[word] >> shift;
      if (shift > 57 && word + 1 < bits.size()) value |= bits[word + 1] << (64 - shift);
      return static_cast<uint8_t>(value & 0x7f);
    };
    size_t groups = (bits.size() * 64 + 6) / 7;
    while (groups > 1 && seven(groups - 1) == 0) --groups;
    for (size_t i = 0; i + 1 < groups; ++i) *at++ = seven(i) | 0x80;
    *at++ = seven(groups - 1);
    return at;
  }

  uint8_t* room(size_t bytes) {
    if (blocks_.empty() || blocks_.back().capacity - blocks_.back().used < bytes) {
      if (blocks_.size() == kMostBlocks) throw std::overflow_error("the steps of the states take more than a terabyte");
      const size_t capacity = bytes > kBlock ? bytes : kBlock;
      blocks_.push_back({std::unique_ptr<uint8_t[]>(new uint8_t[capacity]), capacity, 0});
      bytes_ += capacity;
    }
    Block& block = blocks_.back();
    uint8_t* place = block.bytes.get() + block.used;
    block.used += bytes;
    return place;
  }

  static constexpr size_t kFew = 32;
  static constexpr size_t kMostBlocks = size_t{1} << 20;

  const uint32_t stride_;
  std::vector<Block> blocks_;
  std::vector<uint8_t> payload_;  // Scratch: a row without its header.
  Number expected_ = 0;           // The source of the next row, most likely.
  Number most_ = 0;
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;            // Of all blocks.
};

}  // namespace modelcheck
