// Files of 64-bit words that end with a sum of all of them.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace modelcheck {

// Whatever is cut off or changed by accident changes the sum.
class Sum {
 public:
  void add(uint64_t word) noexcept {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15u;
    value_ ^= value_ >> 29;
  }

  uint64_t value() const noexcept { return value_; }

 private:
  uint64_t value_ = 0x243f6a8885a308d3u;
};

constexpr size_t kStreamWords = size_t{1} << 17;  // One megabyte.

class Output {
 public:
  explicit Output(int fd) : fd_(fd) { buffer_.reserve(kStreamWords); }

  void word(uint64_t word) {
    buffer_.push_back(word);
    if (buffer_.size() == kStreamWords) flush();
  }

  // How many bytes, and they, filled up to whole words.
  void bytes(const uint8_t* bytes, size_t count) {
    word(count);
    for (size_t i = 0; i < count; i += 8) {
      uint64_t part = 0;
      std::memcpy(&part, bytes + i, count - i < 8 ? count - i : 8);
      word(part);
    }
  }

  // Ends the file. What the system says of what could not be written, or 0.
  int finish() {
    flush();
    buffer_.push_back(sum_.value());
    flush();
    return error_;
  }

 private:
  void flush() noexcept {
    for (const uint64_t word : buffer_) sum_.add(word);
    const auto* at = reinterpret_cast<const char*>(buffer_.data());
    size_t left = buffer_.size() * 8;
    while (left > 0 && error_ == 0) {
      const ssize_t written = ::write(fd_, at, left);
      if (written > 0) {
        at += written;
        left -= static_cast<size_t>(written);
      } else if (errno != EINTR) {
        error_ = written < 0 ? errno : EIO;
      }
    }
    buffer_.clear();
  }

  int fd_;
  std::vector<uint64_t> buffer_;  // What is not written yet.
  Sum sum_;                       // Of what is.
  int error_ = 0;                 // The first one; nothing is written after it.
};

class Input {
 public:
  // Reads all of the file once, to know that it is whole.
  explicit Input(int fd) : fd_(fd) {
    const off_t bytes = ::lseek(fd, 0, SEEK_END);
    if (bytes < 8 || bytes % 8 != 0) throw std::runtime_error("the file is cut off");
    rewind(static_cast<uint64_t>(bytes) / 8 - 1);
    Sum sum;
    while (left_ > 0) sum.add(word());
    left_ = 1;
    if (word() != sum.value()) throw std::runtime_error("the file is damaged");
    rewind(static_cast<uint64_t>(bytes) / 8 - 1);
  }

  uint64_t word() {
    if (at_ == buffer_.size()) fill();
    --left_;
    return buffer_[at_++];
  }

  // A number of things that take at least one word each.
  uint64_t count() {
    const uint64_t found = word();
    if (found > left_) throw std::runtime_error("the file is damaged");
    return found;
  }

  // How many bytes `bytes` will give.
  size_t size() {
    const uint64_t found = word();
    if (found / 8 > left_) throw std::runtime_error("the file is damaged");
    return found;
  }

  void bytes(uint8_t* into, size_t count) {
    for (size_t i = 0; i < count; i += 8) {
      const uint64_t part = word();
      std::memcpy(into + i, &part, count - i < 8 ? count - i : 8);
    }
  }

  bool ended() const noexcept { return left_ == 0; }

 private:
  void rewind(uint64_t words) {
    if (::lseek(fd_, 0, SEEK_SET) != 0) throw std::runtime_error("the file cannot be read from its beginning");
    left_ = words;
    buffer_.clear();
    at_ = 0;
  }

  void fill() {
    if (left_ == 0) throw std::runtime_error("the file is damaged");
    buffer_.resize(kStreamWords);
    size_t got = 0;
    while (got == 0 || got % 8 != 0) {
      const ssize_t read = ::read(fd_, reinterpret_cast<char*>(buffer_.data()) + got, kStreamWords * 8 - got);
      if (read < 0 && errno == EINTR) continue;
      if (read <= 0) throw std::runtime_error("the file cannot be read: " + std::string(read < 0 ? std::strerror(errno) : "it ends too soon"));
      got += static_cast<size_t>(read);
    }
    buffer_.resize(got / 8);
    at_ = 0;
  }

  int fd_;
  std::vector<uint64_t> buffer_;
  size_t at_ = 0;      // Of the next word in it.
  uint64_t left_ = 0;  // Words that are still to be read, the sum left out.
};

}  // namespace modelcheck
