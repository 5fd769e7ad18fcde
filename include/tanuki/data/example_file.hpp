#pragma once

// Examples in a file, each under a number, as cache(file) keeps them. It appears under its name when it is whole, and carries
// checksums and what the examples are of. Numbers are stored as they lie in memory (little-endian).
//   "tanuki examples 1\n", the length of the description, the description, its checksum, then records:
//   key, length, content, checksum of these three; the last one has the key -1 and no content.
//   Content: number of entries, entries, then unless the example is a bad one x and y: rank, extents, elements. Where there are
//   more tensors, then how many more_x, more_y and sample_weight are, and these.
//   Keys from -2 downwards are of bad files: the lengths of path and reason, path, reason.

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/core/crc32.hpp"
#include "tanuki/core/mapped_file.hpp"
#include "tanuki/data/stage.hpp"

namespace tanuki {

namespace example_file_detail {

inline constexpr std::string_view magic = "tanuki examples 1\n";

/// Bytes written down one after the other.
class Bytes {
 public:
  template <class T>
  void put(const T& value) {
    put(std::as_bytes(std::span(&value, 1)));
  }
  void put(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  void put(const std::string& text) { put(std::as_bytes(std::span(text))); }

  void put(const Tensor<Cpu>& tensor) {
    put(Index(tensor.shape().rank()));
    for (Index extent : tensor.shape()) put(extent);
    put(std::as_bytes(std::span(tensor.data(), std::size_t(tensor.size()))));
  }

  void put_more(const Example& example) {
    const TensorList* const lists[] = {&example.more_x, &example.more_y, &example.sample_weight};
    if (std::ranges::all_of(lists, [](const auto* list) { return list->empty(); })) return;
    for (const auto* list : lists) put(std::uint64_t{list->size()});
    for (const auto* list : lists) {
      for (const auto& tensor : *list) put(tensor);
    }
  }

  std::span<const std::byte> all() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

/// What a file holds at a place, read out of it piece by piece. Throws Error past the end.
class Reader {
 public:
  Reader(const MappedFile& file, std::span<const std::byte> bytes) : file_(file), left_(bytes) {}

  std::span<const std::byte> skip(std::size_t count) {
    if (count > left_.size()) fail("it is cut short");
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  template <class T>
  T take() {
    T value;
    copy_bytes(skip(sizeof value), &file_, &value);
    return value;
  }
  std::vector<Index> take_entries() {
    const auto count = take<std::uint64_t>();
    if (count > left_.size() / sizeof(Index)) fail("it is cut short");
    std::vector<Index> entries(std::size_t{count});
    copy_bytes(skip(std::size_t{count} * sizeof(Index)), &file_, entries.data());
    return entries;
  }
  std::string take_text(std::uint64_t length) {
    if (length > left_.size()) fail("it is cut short");
    std::string text(std::size_t{length}, '\0');
    copy_bytes(skip(text.size()), &file_, text.data());
    return text;
  }
  Tensor<Cpu> take_tensor() {
    const auto rank = take<Index>();
    std::vector<Index> extents;
    for (Index i = 0; i < rank && i <= Index(Shape::max_rank); ++i) extents.push_back(take<Index>());
    const Shape shape{std::span<const Index>(extents)};
    if (std::size_t(shape.elements()) > left_.size() / sizeof(float)) fail("it is cut short");
    Tensor<Cpu> tensor(shape);
    copy_bytes(skip(std::size_t(shape.elements()) * sizeof(float)), &file_, tensor.data());
    return tensor;
  }

  void take_more(Example& example) {
    if (left_.empty()) return;
    TensorList* const lists[] = {&example.more_x, &example.more_y, &example.sample_weight};
    std::uint64_t counts[3];
    for (auto& count : counts) count = take<std::uint64_t>();
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::uint64_t k = 0; k < counts[i]; ++k) lists[i]->push_back(take_tensor());
    }
  }

  std::size_t left() const { return left_.size(); }

 private:
  const MappedFile& file_;
  std::span<const std::byte> left_;
};

}  // namespace example_file_detail

/// Writes a file of examples; without commit() nothing is left of it.
class ExampleFileWriter {
 public:
  ExampleFileWriter(const std::string& path, const std::string& description) : file_(path) {
    example_file_detail::Bytes header;
    header.put(std::uint64_t{description.size()});
    header.put(description);
    file_.write(example_file_detail::magic);
    write_checked(header);
  }

  /// `example` may be a bad one.
  void add(Index key, const std::optional<Example>& example) {
    example_file_detail::Bytes content;
    content.put(std::uint64_t(example ? example->entries.size() : 0));
    if (example) {
      content.put(std::as_bytes(std::span(example->entries)));
      content.put(example->x);
      content.put(example->y);
      content.put_more(*example);
    }
    write(key, content.all());
  }

  /// Why examples are missing.
  void add(const BadFile& file) {
    example_file_detail::Bytes content;
    content.put(std::uint64_t{file.path.size()});
    content.put(std::uint64_t{file.reason.size()});
    content.put(file.path);
    content.put(file.reason);
    write(-2 - bad_files_++, content.all());
  }

  void commit() {
    write(-1, {});
    file_.commit();
  }

 private:
  void write(Index key, std::span<const std::byte> content) {
    example_file_detail::Bytes record;
    record.put(key);
    record.put(std::uint64_t{content.size()});
    record.put(content);
    write_checked(record);
  }
  void write_checked(const example_file_detail::Bytes& bytes) {
    file_.write(bytes.all());
    const std::uint32_t checksum = crc32(bytes.all());
    file_.write(std::as_bytes(std::span(&checksum, 1)));
  }

  AtomicFile file_;
  Index bad_files_ = 0;
};

class ExampleFile {
 public:
  /// Null where there is no such file, or a damaged one, which a line on stderr tells. Throws Error for a file that is none of
  /// examples, and for one of other examples: both are left alone.
  static std::shared_ptr<const ExampleFile> open(const std::string& path, const std::string& description) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) return nullptr;
    std::shared_ptr<ExampleFile> file(new ExampleFile(path));
    if (!file->has_magic())
      fail("[cache] '", path, "' is no file of cached examples: expected the name of one, or a new one");
    std::string found;
    try {
      found = file->read();
    } catch (const Error& damage) {
      std::cerr << "[cache] '" << path << "' is damaged (" << damage.what() << "): it will be made again\n";
      return nullptr;
    }
    if (found != description)
      fail("[cache] '", path, "' holds other examples: ", found, "; these are: ", description,
           ". Remove the file, or name another one");
    return file;
  }

  Index size() const { return Index(records_.size()); }

  /// Those that the writer was told of.
  const std::vector<BadFile>& bad_files() const { return bad_files_; }

  bool contains(Index key) const { return records_.contains(key); }

  /// Whether it is no bad one.
  bool is_good(Index key) const {
    auto content = reader(key);
    content.take_entries();
    return content.left() > 0;
  }

  std::vector<Index> entries(Index key) const { return reader(key).take_entries(); }

  /// Nothing for a bad one.
  std::optional<Example> at(Index key) const {
    auto content = reader(key);
    std::vector<Index> entries = content.take_entries();
    if (content.left() == 0) return std::nullopt;
    Example example;
    example.entries = std::move(entries);
    example.x = content.take_tensor();
    example.y = content.take_tensor();
    content.take_more(example);
    return example;
  }

 private:
  explicit ExampleFile(const std::string& path) : file_(path) {}

  example_file_detail::Reader reader(Index key) const { return {file_, records_.at(key)}; }

  bool has_magic() const {
    using example_file_detail::magic;
    const auto bytes = file_.bytes();
    return bytes.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), bytes.begin(),
                      [](char c, std::byte byte) { return std::byte(c) == byte; });
  }

  /// Finds the records, and gives the description.
  std::string read() {
    example_file_detail::Reader all(file_, file_.bytes());
    all.skip(example_file_detail::magic.size());
    const auto start = file_.bytes().size() - all.left();
    const auto length = all.take<std::uint64_t>();
    std::string description = all.take_text(length);
    check(all, start);
    while (true) {
      const auto begin = file_.bytes().size() - all.left();
      const auto key = all.take<Index>();
      const auto content = all.skip(checked(all.take<std::uint64_t>(), all));
      check(all, begin);
      if (key == -1) break;
      if (key < -1) {
        example_file_detail::Reader file(file_, content);
        const auto path = file.take<std::uint64_t>(), reason = file.take<std::uint64_t>();
        bad_files_.push_back({file.take_text(path), file.take_text(reason)});
        continue;
      }
      if (!records_.emplace(key, content).second) fail("it has a record twice");
    }
    if (all.left()) fail("something follows its end");
    file_.release();
    return description;
  }

  static std::size_t checked(std::uint64_t length, const example_file_detail::Reader& all) {
    if (length > all.left()) fail("it is cut short");
    return std::size_t{length};
  }

  /// The checksum that comes next, of all from `begin` on.
  void check(example_file_detail::Reader& all, std::size_t begin) const {
    std::uint32_t checksum = 0;
    const auto covered = file_.bytes().subspan(begin, file_.bytes().size() - all.left() - begin);
    use_in_parts(covered, &file_, [&](std::span<const std::byte> part) { checksum = crc32(part, checksum); });
    if (all.take<std::uint32_t>() != checksum) fail("a checksum is wrong");
  }

  MappedFile file_;
  std::unordered_map<Index, std::span<const std::byte>> records_;
  std::vector<BadFile> bad_files_;
};

}  // namespace tanuki
