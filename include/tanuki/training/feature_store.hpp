#pragma once

// Rows of numbers by an example's entry: in memory up to a limit, then in temporary files. What lies in memory counts for the
// memory_limit of configure(), and moves to files where others need it. One thread adds and reads; any may need memory.

#include <exception>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tanuki/core/file_memory.hpp"
#include "tanuki/core/memory.hpp"

namespace tanuki {

class FeatureStore {
 public:
  /// `most`: bytes to hold in memory.
  explicit FeatureStore(Index most) : most_(most) {}

  bool contains(Index entry) const { return rows_.contains(entry); }

  /// Calls use(const float*) with the numbers of an entry that is there.
  template <class Use>
  void read(Index entry, const Use& use) const {
    const Row& row = rows_.at(entry);
    std::lock_guard lock(mutex_);
    use(static_cast<const float*>(blocks_[row.block].data() + row.first));
  }

  /// Calls fill(float*) with room for the `size` numbers of an entry; the same size each time. False where there is none, with
  /// `reason()`.
  template <class Fill>
  bool add(Index entry, Index size, const Fill& fill) {
    if (left_ == 0 && !add_block(size)) return false;
    const Row row{blocks_.size() - 1, (block_rows_ - left_--) * size};
    std::lock_guard lock(mutex_);
    fill(blocks_[row.block].data() + row.first);
    rows_[entry] = row;
    return true;
  }

  const std::string& reason() const { return reason_; }

  void clear() {
    std::lock_guard lock(mutex_);
    rows_.clear(), blocks_.clear();
    in_memory_ = left_ = 0;
  }

 private:
  struct Block {
    Buffer<Cpu> memory;
    FileMemory file;  ///< in place of it

    float* data() { return file.data() ? file.data() : memory.data(); }
    const float* data() const { return file.data() ? file.data() : memory.data(); }
  };
  struct Row {
    std::size_t block = 0;
    Index first = 0;
  };

  bool add_block(Index size) {
    constexpr Index most = Index{16} << 20;  // bytes
    const Index rows = std::max<Index>(1, most / (size * Index(sizeof(float))));
    const Index bytes = rows * size * Index(sizeof(float));
    const bool in_memory = has_room(bytes);
    try {
      Block block;  // not locked: others may have to give memory back for it
      if (in_memory)
        block.memory = Buffer<Cpu>(rows * size);
      else
        block.file = FileMemory(std::size_t(bytes));
      std::lock_guard lock(mutex_);
      blocks_.push_back(std::move(block));
      if (in_memory) in_memory_ += bytes;
    } catch (const std::exception& error) {
      reason_ = error.what();
      return false;
    }
    left_ = block_rows_ = rows;
    return true;
  }

  bool has_room(Index bytes) const {
    std::lock_guard lock(mutex_);
    return in_memory_ + bytes <= most_ && host_memory().has_room(std::size_t(bytes));
  }

  /// For one who needs the memory. What finds no room in a file stays.
  void give_back() {
    std::lock_guard lock(mutex_);
    most_ = 0;
    for (Block& block : blocks_) {
      if (block.memory.size() == 0) continue;
      const std::size_t bytes = std::size_t(block.memory.size()) * sizeof(float);
      try {
        FileMemory file(bytes);
        std::memcpy(file.data(), block.memory.data(), bytes);
        block = {{}, std::move(file)};
        in_memory_ -= Index(bytes);
      } catch (const std::exception&) {
        return;
      }
    }
  }

  Index most_, in_memory_ = 0;
  Index block_rows_ = 0, left_ = 0;  ///< of the last block: all, and those that are free
  std::unordered_map<Index, Row> rows_;
  std::vector<Block> blocks_;
  std::string reason_;
  mutable std::mutex mutex_;                    ///< of what give_back() changes
  SpareMemory spare_{[this] { give_back(); }};  ///< the last member: it is gone before the others
};

}  // namespace tanuki
