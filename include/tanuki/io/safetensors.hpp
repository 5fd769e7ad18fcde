#pragma once

// Reading and writing .safetensors: eight bytes (little-endian) that give the header's size, the header as
// JSON,
//   {"__metadata__": {"key": "text"},
//    "dense/kernel": {"dtype": "F32", "shape": [4, 2], "data_offsets": [0, 32]}}
// then the numbers, without gaps. Source: the format section of the README of huggingface/safetensors.
// A file is checked as a whole before anything of it is believed. Throws Error with the path and the tensor.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/core/mapped_file.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/io/element_type.hpp"

namespace tanuki {

using Metadata = std::map<std::string, std::string>;

/// A tensor of an open SafetensorsFile; good as long as the file is open.
struct SafetensorsEntry {
  std::string name;
  const ElementType* type;
  Shape shape;
  std::span<const std::byte> bytes;

  std::string_view dtype() const { return type->name; }

  /// The numbers where they lie; null unless they are aligned float32.
  ConstTensorView<Cpu> view() const {
    const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(float) == 0;
    if (dtype() != "F32" || !aligned) return {nullptr, shape};
    return {reinterpret_cast<const float*>(bytes.data()), shape};
  }

  /// Writes shape.elements() numbers as float32.
  void copy_to(float* to) const { type->to_float(bytes.data(), to, std::size_t(shape.elements())); }

  Tensor<Cpu> tensor() const {
    Tensor<Cpu> value(shape);
    copy_to(value.data());
    return value;
  }
};

class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::string& path) : file_(std::make_shared<MappedFile>(path)) { parse(); }

  const std::string& path() const { return file_->path(); }
  std::shared_ptr<const MappedFile> mapped() const { return file_; }
  const Metadata& metadata() const { return metadata_; }

  /// In the order in which the numbers lie in the file.
  const std::vector<SafetensorsEntry>& entries() const { return entries_; }

  /// Null where there is none of that name.
  const SafetensorsEntry* find(std::string_view name) const {
    const auto place =
        std::find_if(entries_.begin(), entries_.end(), [&](auto& e) { return e.name == name; });
    return place == entries_.end() ? nullptr : &*place;
  }

 private:
  using Json = nlohmann::json;
  static constexpr std::uint64_t largest_header = 100'000'000;  // the limit of the reference implementation

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail("[safetensors] '", path(), "': ", parts...);
  }

  void parse() {
    const auto bytes = file_->bytes();
    const auto begins_with = [&](std::string_view magic) {
      return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
    };
    if (begins_with("PK\3\4") || begins_with("\x89HDF")) {
      refuse(
          "it is a file of Keras: use load_keras_weights() of tanuki/keras.hpp, or make a safetensors file ",
          "of it: tanuki convert ", path(), " OUT.safetensors");
    }
    if (bytes.size() < 8) refuse("the file has ", bytes.size(), " bytes, too short for a safetensors file");
    std::uint64_t header_size;
    std::memcpy(&header_size, bytes.data(), 8);
    if (header_size > largest_header) {
      refuse("it is no safetensors file: the header claims ", header_size, " bytes, at most ", largest_header,
             " are supported");
    }
    if (header_size > bytes.size() - 8) {
      refuse("the header claims ", header_size, " bytes, the file has ", bytes.size(), ": truncated?");
    }
    const auto data = bytes.subspan(8 + std::size_t(header_size));
    const Json header =
        parse_header({reinterpret_cast<const char*>(bytes.data()) + 8, std::size_t(header_size)});
    std::vector<std::pair<std::uint64_t, std::size_t>> order;  // the offset and the entry
    for (const auto& [name, value] : header.items()) {
      if (name == "__metadata__") {
        read_metadata(value);
      } else {
        order.emplace_back(0, entries_.size());
        order.back().first = read_entry(name, value, data);
      }
    }
    sort_entries(std::move(order), data);
  }

  Json parse_header(std::string_view text) const {
    if (text.empty() || text.front() != '{') refuse("the header is no JSON object");
    std::vector<std::set<std::string>> keys;  // JSON allows a key twice, the format does not
    const auto check = [&](int depth, Json::parse_event_t event, Json& parsed) {
      using Event = Json::parse_event_t;
      if (depth > 3) refuse("the header is nested too deeply");
      if (event == Event::object_start) keys.emplace_back();
      if (event == Event::object_end) keys.pop_back();
      if (event == Event::key && !keys.back().insert(parsed.get<std::string>()).second) {
        refuse("'", parsed.get<std::string>(), "' is there twice");
      }
      return true;
    };
    try {
      return Json::parse(text, check);
    } catch (const Json::exception& error) {
      refuse("the header is no valid JSON: ", error.what());
    }
  }

  void read_metadata(const Json& value) {
    if (!value.is_object()) refuse("'__metadata__' is no object");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) refuse("metadata '", key, "' is no string");
      metadata_[key] = text.get<std::string>();
    }
  }

  /// Appends the entry; gives where its numbers begin.
  std::uint64_t read_entry(const std::string& name, const Json& value, std::span<const std::byte> data) {
    const auto numbers = [&](const char* key) {
      if (!value.is_object() || !value.contains(key)) refuse("tensor '", name, "' has no '", key, "'");
      const Json& list = value[key];
      const auto unsigned_number = [](const Json& item) { return item.is_number_unsigned(); };
      if (!list.is_array() || !std::all_of(list.begin(), list.end(), unsigned_number)) {
        refuse("tensor '", name, "': '", key, "' is no list of whole numbers ≥ 0");
      }
      return list.get<std::vector<std::uint64_t>>();
    };
    const auto extents = numbers("shape"), offsets = numbers("data_offsets");
    if (!value.contains("dtype") || !value["dtype"].is_string()) refuse("tensor '", name, "' has no 'dtype'");
    const ElementType* type = find_element_type(value["dtype"].get_ref<const std::string&>());
    if (!type) refuse("tensor '", name, "' has the unsupported dtype ", value["dtype"].dump());
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size()) {
      refuse("tensor '", name, "': data_offsets ", value["data_offsets"].dump(), " do not fit ", data.size(),
             " bytes of data");
    }
    const Shape shape = read_shape(name, extents);
    const std::uint64_t size = offsets[1] - offsets[0];
    Index expected;
    if (__builtin_mul_overflow(shape.elements(), type->size, &expected) || std::uint64_t(expected) != size) {
      refuse("tensor '", name, "': ", shape, " of ", type->name, " does not fit ", size, " bytes");
    }
    entries_.push_back({name, type, shape, data.subspan(std::size_t(offsets[0]), std::size_t(size))});
    return offsets[0];
  }

  Shape read_shape(const std::string& name, const std::vector<std::uint64_t>& extents) const try {
    std::vector<Index> signed_extents;
    for (std::uint64_t extent : extents) {
      if (extent > std::uint64_t(std::numeric_limits<Index>::max())) fail("an extent of ", extent);
      signed_extents.push_back(Index(extent));
    }
    return Shape(std::span<const Index>(signed_extents));
  } catch (const Error& error) {
    refuse("tensor '", name, "': ", error.what());
  }

  void sort_entries(std::vector<std::pair<std::uint64_t, std::size_t>> order,
                    std::span<const std::byte> data) {
    std::vector<SafetensorsEntry> sorted;
    std::uint64_t end = 0;
    // An empty tensor shares its offset with the next one: it has to come first.
    std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
      return std::make_tuple(a.first, entries_[a.second].bytes.size(), a.second) <
             std::make_tuple(b.first, entries_[b.second].bytes.size(), b.second);
    });
    for (const auto& [offset, index] : order) {
      SafetensorsEntry& entry = entries_[index];
      if (offset != end) {
        refuse("tensor '", entry.name, "' begins at byte ", offset, ", expected ", end, ": ",
               offset < end ? "it overlaps the one before" : "there is a gap before it");
      }
      end = offset + entry.bytes.size();
      sorted.push_back(std::move(entry));
    }
    if (end != data.size()) refuse(data.size() - end, " bytes follow the last tensor");
    entries_ = std::move(sorted);
  }

  std::shared_ptr<MappedFile> file_;
  Metadata metadata_;
  std::vector<SafetensorsEntry> entries_;
};

/// A tensor to write; the numbers must stay until write_safetensors returns.
struct SafetensorsInput {
  std::string name;
  Shape shape;
  const float* data;
};

/// Throws Error for a name that says another format.
inline void expect_safetensors_name(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  for (const char* other : {".h5", ".hdf5", ".keras", ".npz", ".pt", ".pth", ".onnx"}) {
    if (extension == other) {
      fail("[safetensors] '", path, "': what is written is a safetensors file, expected a name that ends in ",
           ".safetensors; Keras' formats are written by save_keras_weights() of tanuki/keras.hpp");
    }
  }
}

/// Writes float32 tensors in the given order. The file is whole or not there (see AtomicFile).
inline void write_safetensors(const std::string& path, std::span<const SafetensorsInput> tensors,
                              const Metadata& metadata = {}) {
  expect_safetensors_name(path);
  const auto quoted = [&](const std::string& text) {
    try {
      return nlohmann::json(text).dump();
    } catch (const nlohmann::json::exception& error) {
      fail("[safetensors] '", path, "': a name or metadata is no UTF-8: ", error.what());
    }
  };
  std::string header = "{\"__metadata__\":{";
  for (const auto& [key, text] : metadata) {
    header += (header.back() == '{' ? "" : ",") + quoted(key) + ":" + quoted(text);
  }
  header += "}";
  std::set<std::string> names{"__metadata__"};
  Index offset = 0;
  for (const SafetensorsInput& tensor : tensors) {
    if (!names.insert(tensor.name).second)
      fail("[safetensors] '", path, "': '", tensor.name, "' was given twice");
    header += "," + quoted(tensor.name) + ":{\"dtype\":\"F32\",\"shape\":[";
    for (const Index& extent : tensor.shape) {
      header += (&extent == tensor.shape.begin() ? "" : ",") + std::to_string(extent);
    }
    header += "],\"data_offsets\":[" + std::to_string(offset) + ",";
    offset += tensor.shape.elements() * Index(sizeof(float));
    header += std::to_string(offset) + "]}";
  }
  header += "}";
  header.append((8 - header.size() % 8) % 8, ' ');

  const std::uint64_t header_size = header.size();
  AtomicFile file(path);
  file.write(std::as_bytes(std::span(&header_size, 1)));
  file.write(header);
  for (const SafetensorsInput& tensor : tensors) {
    file.write(std::as_bytes(std::span(tensor.data, std::size_t(tensor.shape.elements()))));
  }
  file.commit();
}

}  // namespace tanuki
