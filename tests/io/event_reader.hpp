#pragma once

// Reads what io/event_file.hpp writes: records with their checksums, and protocol buffers field by field.

#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "scratch_folder.hpp"
#include "tanuki/io/crc32c.hpp"

namespace tanuki::test {

/// The fields of a message by their numbers, in order: a number as eight bytes.
struct ReadMessage {
  std::map<int, std::vector<std::string>> fields;

  explicit ReadMessage(const std::string& bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      const auto key = varint(bytes, at);
      std::string value;
      if (key % 8 == 0) {
        const std::uint64_t number = varint(bytes, at);
        value.assign(reinterpret_cast<const char*>(&number), 8);
      } else {
        if (key % 8 != 1 && key % 8 != 2) throw std::runtime_error("a field of another type");
        const std::size_t size = key % 8 == 1 ? 8 : std::size_t(varint(bytes, at));
        if (size > bytes.size() - at) throw std::runtime_error("a field ends too late");
        value = bytes.substr(at, size);
        at += size;
      }
      fields[int(key / 8)].push_back(value);
    }
  }

  bool has(int field) const { return fields.count(field) > 0; }
  const std::string& bytes(int field, std::size_t i = 0) const { return fields.at(field).at(i); }
  ReadMessage message(int field, std::size_t i = 0) const { return ReadMessage(bytes(field, i)); }

  template <class N>
  std::vector<N> numbers(int field, std::size_t i = 0) const {
    std::vector<N> all(bytes(field, i).size() / sizeof(N));
    std::memcpy(all.data(), bytes(field, i).data(), all.size() * sizeof(N));
    return all;
  }
  std::int64_t integer(int field) const { return has(field) ? numbers<std::int64_t>(field)[0] : 0; }

 private:
  static std::uint64_t varint(const std::string& bytes, std::size_t& at) {
    std::uint64_t number = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes.at(at++));
      number |= std::uint64_t(byte & 127) << shift;
      if (byte < 128) return number;
    }
  }
};

/// A value of a summary, with the step of its event.
struct ReadSummary {
  std::string tag, plugin;
  std::int64_t step;
  ReadMessage tensor;
  std::vector<std::int64_t> shape;

  float scalar() const { return tensor.numbers<float>(4).at(0); }
};

/// The messages of a file. Throws where a checksum is wrong or the file ends in a record.
inline std::vector<ReadMessage> read_events(const std::string& path) {
  const std::string file = read_bytes(path);
  const auto check = [&](std::size_t at, std::size_t size) {
    if (size > file.size() || at > file.size() - size || file.size() - at - size < 4)
      throw std::runtime_error("a record ends too late");
    std::uint32_t sum = 0;
    std::memcpy(&sum, file.data() + at + size, 4);
    if (sum != masked_crc32c(std::string_view(file).substr(at, size)))
      throw std::runtime_error("a checksum is wrong");
    return file.substr(at, size);
  };
  std::vector<ReadMessage> events;
  for (std::size_t at = 0; at < file.size();) {
    std::uint64_t size = 0;
    std::memcpy(&size, check(at, 8).data(), 8);
    events.emplace_back(check(at + 12, size));
    at += 16 + size;
  }
  return events;
}

/// The summaries of a file, which must begin with the version.
inline std::vector<ReadSummary> read_summaries(const std::string& path) {
  const auto events = read_events(path);
  if (events.at(0).bytes(3) != "brain.Event:2") throw std::runtime_error("no version");
  std::vector<ReadSummary> all;
  for (std::size_t i = 1; i < events.size(); ++i) {
    const auto value = events[i].message(5).message(1);
    const auto tensor = value.message(8);
    std::vector<std::int64_t> shape;
    const auto extents = tensor.message(2);
    for (std::size_t axis = 0; extents.has(2) && axis < extents.fields.at(2).size(); ++axis)
      shape.push_back(extents.message(2, axis).integer(1));
    all.push_back(
        {value.bytes(1), value.message(9).message(1).bytes(1), events[i].integer(2), tensor, shape});
  }
  return all;
}

/// Of all files of a folder, in the order of their names.
inline std::vector<ReadSummary> read_summaries_in(const std::string& folder) {
  std::map<std::string, std::vector<ReadSummary>> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.emplace(entry.path().string(), read_summaries(entry.path().string()));
  std::vector<ReadSummary> all;
  for (const auto& [name, summaries] : files) all.insert(all.end(), summaries.begin(), summaries.end());
  return all;
}

}  // namespace tanuki::test
