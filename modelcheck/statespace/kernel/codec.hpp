// A state as bytes.
#pragma once

#include <cstdint>
#include <cstring>

#include "space.hpp"
#include "state.hpp"

namespace modelcheck {

// The fingerprint; one byte that says how many bytes an id takes; the ids of the fixed cells; the number of collections; and for each its number of cells with a
// flag, the distances between the cells, and unless the flag says that all are 1, the ids. Numbers after the ids of the fixed cells are varints of 7 bits.
class Codec {
 public:
  explicit Codec(const Space& space) noexcept : space_(space) {}

  // The most bytes that `encode` can write.
  size_t bound(const State& state) const noexcept {
    size_t bytes = 8 + 1 + size_t{space_.fixed()} * 4 + 5;
    for (size_t c = 0; c < state.collections(); ++c) bytes += 5 + 10 * state.present(static_cast<uint32_t>(c)).size();
    return bytes;
  }

  // Returns the first byte after the state.
  uint8_t* encode(const State& state, uint64_t fingerprint, uint8_t* out) const noexcept {
    std::memcpy(out, &fingerprint, 8);
    out = encode_fixed(state.fixed(), out + 8);
    out = put(out, static_cast<uint32_t>(state.collections()));
    for (uint32_t c = 0; c < state.collections(); ++c) out = encode_collection(state, c, out);
    return out;
  }

  // Replaces what the state held. Returns the first byte after it.
  const uint8_t* decode(const uint8_t* in, State& state, uint64_t& fingerprint) const {
    state.clear();
    std::memcpy(&fingerprint, in, 8);
    in = decode_fixed(in + 8, state.fixed());
    for (const uint32_t cell : space_.fixed_and_collected()) {
      if (state.at(cell) != 0) state.append(space_.collection_of(cell), cell, state.at(cell));
    }
    uint32_t collections = 0;
    in = get(in, collections);
    for (uint32_t c = 0; c < collections; ++c) in = decode_collection(in, c, state);
    return in;
  }

 private:
  static uint8_t* put(uint8_t* out, uint32_t number) noexcept {
    for (; number >= 0x80; number >>= 7) *out++ = static_cast<uint8_t>(number | 0x80);
    *out++ = static_cast<uint8_t>(number);
    return out;
  }

  static const uint8_t* get(const uint8_t* in, uint32_t& number) noexcept {
    number = *in++;
    if (number < 0x80) return in;
    number &= 0x7f;
    for (uint32_t shift = 7;; shift += 7) {
      const uint32_t byte = *in++;
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return in;
    }
  }

  template <class Id>
  uint8_t* narrow(const uint32_t* cells, uint8_t* out) const noexcept {
    for (uint32_t i = 0; i < space_.fixed(); ++i) {
      const auto id = static_cast<Id>(cells[i]);
      std::memcpy(out + i * sizeof(Id), &id, sizeof(Id));
    }
    return out + size_t{space_.fixed()} * sizeof(Id);
  }

  template <class Id>
  const uint8_t* widen(const uint8_t* in, uint32_t* cells) const noexcept {
    for (uint32_t i = 0; i < space_.fixed(); ++i) {
      Id id;
      std::memcpy(&id, in + i * sizeof(Id), sizeof(Id));
      cells[i] = id;
    }
    return in + size_t{space_.fixed()} * sizeof(Id);
  }

  uint8_t* encode_fixed(const uint32_t* cells, uint8_t* out) const noexcept {
    uint32_t bits = 0;
    for (uint32_t i = 0; i < space_.fixed(); ++i) bits |= cells[i];
    *out++ = bits < 0x100 ? 1 : bits < 0x10000 ? 2 : 4;
    if (bits < 0x100) return narrow<uint8_t>(cells, out);
    return bits < 0x10000 ? narrow<uint16_t>(cells, out) : narrow<uint32_t>(cells, out);
  }

  const uint8_t* decode_fixed(const uint8_t* in, uint32_t* cells) const noexcept {
    const uint8_t width = *in++;
    if (width == 1) return widen<uint8_t>(in, cells);
    return width == 2 ? widen<uint16_t>(in, cells) : widen<uint32_t>(in, cells);
  }

  uint8_t* encode_collection(const State& state, uint32_t collection, uint8_t* out) const noexcept {
    const auto& cells = state.present(collection);
    const uint32_t* first = cells.data();
    const uint32_t* last = first + cells.size();
    if (!space_.fixed_and_collected().empty()) first = std::lower_bound(first, last, space_.fixed());
    bool plain = true;
    for (const uint32_t* cell = first; cell != last; ++cell) plain &= state.at(*cell) == 1;
    out = put(out, static_cast<uint32_t>(last - first) << 1 | (plain ? 1 : 0));
    uint32_t previous = space_.fixed();
    for (const uint32_t* cell = first; cell != last; previous = *cell++) out = put(out, *cell - previous);
    for (const uint32_t* cell = first; cell != last && !plain; ++cell) out = put(out, state.at(*cell));
    return out;
  }

  const uint8_t* decode_collection(const uint8_t* in, uint32_t collection, State& state) const {
    uint32_t header = 0;
    in = get(in, header);
    const uint32_t count = header >> 1;
    const bool plain = (header & 1) != 0;
    const size_t before = state.present(collection).size();
    uint32_t cell = space_.fixed();
    for (uint32_t i = 0; i < count; ++i) {
      uint32_t distance = 0;
      in = get(in, distance);
      cell += distance;
      state.append(collection, cell, 1);
    }
    for (uint32_t i = 0; i < count && !plain; ++i) {
      uint32_t id = 0;
      in = get(in, id);
      *(state.fixed() + state.present(collection)[before + i]) = id;
    }
    return in;
  }

  const Space& space_;
};

}  // namespace modelcheck
