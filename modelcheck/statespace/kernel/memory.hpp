// Memory straight from the operating system, and an arena for what lives until the end.
#pragma once

#include <sys/mman.h>
#include <sys/resource.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace modelcheck {

// A zero-filled mapping, given back by the destructor.
class Region {
 public:
  Region() noexcept = default;
  Region(Region&& other) noexcept : base_(std::exchange(other.base_, nullptr)), mapped_(std::exchange(other.mapped_, 0)), data_(std::exchange(other.data_, nullptr)) {}
  Region& operator=(Region&& other) noexcept {
    std::swap(base_, other.base_);
    std::swap(mapped_, other.mapped_);
    std::swap(data_, other.data_);
    return *this;
  }
  ~Region() {
    if (base_ != nullptr) munmap(base_, mapped_);
  }

  // Address space of which only the pages that are touched cost memory. Throws when even the address space is refused.
  static Region reserve(size_t bytes) {
    Region region;
    if (!region.map(bytes, MAP_NORESERVE)) throw std::bad_alloc();
    region.data_ = region.base_;
    return region;
  }

  // Memory for random access: aligned to huge pages and asking for them, since a lookup on small pages pays a second miss for the page table.
  // Empty when the machine refuses. A machine without huge pages gives small ones, which is slower and not wrong.
  static Region huge(size_t bytes) noexcept {
    Region region;
    if (!region.map(bytes + kHugePage, 0)) return region;
    const auto address = reinterpret_cast<uintptr_t>(region.base_);
    region.data_ = reinterpret_cast<void*>((address + kHugePage - 1) & ~uintptr_t{kHugePage - 1});
#ifdef MADV_HUGEPAGE
    if (bytes >= kHugePage) madvise(region.data_, bytes, MADV_HUGEPAGE);
#endif
    return region;
  }

  void* data() const noexcept { return data_; }
  explicit operator bool() const noexcept { return data_ != nullptr; }

 private:
  static constexpr size_t kHugePage = size_t{2} << 20;

  bool map(size_t bytes, int flags) noexcept {
    void* base = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (base == MAP_FAILED) return false;
    base_ = base;
    mapped_ = bytes;
    return true;
  }

  void* base_ = nullptr;  // What mmap gave; null when empty.
  size_t mapped_ = 0;     // Its length in bytes.
  void* data_ = nullptr;  // The first byte to use, at or after base_.
};

// The bytes of addresses that this process may have (`ulimit -v`); all of them where there is no limit.
inline uint64_t address_space_limit() noexcept {
  rlimit limit{};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? limit.rlim_cur : UINT64_MAX;
}

// Bytes that the machine could still hand out without swapping; all of the address space where it does not say.
inline uint64_t available_memory() noexcept {
  std::FILE* file = std::fopen("/proc/meminfo", "r");
  if (file == nullptr) return UINT64_MAX;
  char line[128];
  unsigned long long kilobytes = 0;
  bool known = false;
  while (!known && std::fgets(line, sizeof line, file) != nullptr) known = std::sscanf(line, "MemAvailable: %llu kB", &kilobytes) == 1;
  std::fclose(file);
  return known ? kilobytes * 1024 : UINT64_MAX;
}

// Zero-filled blocks that never move and are freed together. Readers may therefore follow a pointer into it without a lock, even to what has been replaced.
class Arena {
 public:
  void* allocate(size_t bytes) {
    const size_t words = (bytes + 7) / 8;
    if (words > left_) add_block(words);
    uint64_t* place = next_;
    next_ += words;
    left_ -= words;
    return place;
  }

  // Any thread may ask.
  uint64_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kBlockWords = size_t{1} << 13;

  void add_block(size_t at_least) {
    const size_t words = at_least > kBlockWords ? at_least : kBlockWords;
    blocks_.emplace_back(new uint64_t[words]());
    next_ = blocks_.back().get();
    left_ = words;
    bytes_.fetch_add(words * 8, std::memory_order_relaxed);
  }

  std::vector<std::unique_ptr<uint64_t[]>> blocks_;
  uint64_t* next_ = nullptr;  // The first free word of the newest block.
  size_t left_ = 0;           // Free words there.
  std::atomic<uint64_t> bytes_{0};  // Sum of the blocks' lengths.
};

}  // namespace modelcheck
