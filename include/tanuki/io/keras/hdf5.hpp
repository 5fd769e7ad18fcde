#pragma once

// Reading HDF5 from memory, as much of it as Keras' weight files use: groups, datasets of numbers, attributes of text. What has the
// plain form that Keras writes is read where it lies (hdf5_plain.hpp), all else by HDF5's library (hdf5_library.hpp), which is opened
// for the first of it. Throws Error with the file and the place in it.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tanuki/core/mapped_file.hpp"
#include "tanuki/core/tensor.hpp"
#include "tanuki/io/keras/hdf5_library.hpp"
#include "tanuki/io/keras/hdf5_plain.hpp"
#include "tanuki/io/keras/hdf5_source.hpp"

namespace tanuki {

class Hdf5File {
 public:
  /// `image` is the whole file and must outlive this; `name` stands in messages. "" is the path of the root. Where the image
  /// lies in `mapped`, what was looked at does not stay in memory besides.
  Hdf5File(std::span<const std::byte> image, std::string name, std::shared_ptr<const MappedFile> mapped = {})
      : image_(image), source_(std::move(name), std::move(mapped)), plain_(image) {
    if (!plain_.find("")) library();
  }
  Hdf5File(const Hdf5File&) = delete;
  Hdf5File& operator=(const Hdf5File&) = delete;

  const std::string& name() const { return source_.name(); }
  std::shared_ptr<const MappedFile> mapped() const { return source_.mapped(); }

  bool has(const std::string& path) const {
    const Hdf5Object* object = plain_.find(path);
    return object ? object->kind != Kind::nothing : library().has(path);
  }
  bool has_dataset(const std::string& path) const {
    const Hdf5Object* object = plain_.find(path);
    return object ? object->kind == Kind::numbers : library().has_dataset(path);
  }

  /// The names in a group, numbers in them in numerical order (conv2d_2 before conv2d_10); {} if it is none.
  std::vector<std::string> children(const std::string& path) const {
    const Hdf5Object* object = plain_.find(path);
    if (!object) return in_natural_order(library().children(path));
    std::vector<std::string> names;
    for (const auto& [name, header] : object->children) names.emplace_back(name);
    return in_natural_order(std::move(names));
  }

  /// An attribute that is one text; nothing where there is no such attribute.
  std::optional<std::string> text(const std::string& path, const std::string& attribute) const {
    auto list = texts(path, attribute);
    if (!list) return std::nullopt;
    if (list->size() != 1) refuse(path, "attribute '", attribute, "' is no single text");
    return std::move(list->front());
  }

  /// An attribute that is a list of texts; nothing where there is no such attribute.
  std::optional<std::vector<std::string>> texts(const std::string& path, const std::string& attribute) const {
    if (const Hdf5Object* object = plain_.find(path)) {
      auto [form, texts] = plain_.texts(*object, attribute);
      if (form == PlainHdf5::Texts::Form::plain) return std::move(texts);
      if (form == PlainHdf5::Texts::Form::damaged) refuse(path, "attribute '", attribute, "' is damaged");
    }
    return library().texts(path, attribute);
  }

  /// The shape of a dataset of numbers, as far as what is stored for it bears it out.
  Shape shape(const std::string& path) const {
    const Hdf5Object* array = numbers_at(path);
    return array ? array->shape : library().shape(path);
  }

  /// A dataset of numbers as float32.
  Tensor<Cpu> read(const std::string& path) const {
    const Hdf5Object* array = numbers_at(path);
    if (!array) return library().read(path);
    Tensor<Cpu> value = Tensor<Cpu>::uninitialized(array->shape);
    copy(*array, value.data());
    return value;
  }
  /// The same, to where there is room for this shape; `differs(shape)` is called where the dataset has another.
  template <class Differs>
  void read(const std::string& path, const Shape& shape, float* to, Differs differs) const {
    const Hdf5Object* array = numbers_at(path);
    if (!array) return library().read(path, shape, to, differs);
    if (!(array->shape == shape)) return differs(array->shape);
    copy(*array, to);
  }

  /// The float32 numbers of a dataset where they lie in the image, aligned or not; empty where they must be read().
  std::span<const std::byte> floats(const std::string& path) const {
    const Hdf5Object* array = numbers_at(path);
    if (!array) return library().floats(path);
    return is_float32(*array) ? array->numbers : std::span<const std::byte>();
  }

  /// A dataset of one whole number.
  std::int64_t integer(const std::string& path) const {
    const Hdf5Object* array = numbers_at(path);
    std::int64_t value = 0;
    if (!array || array->type->name != "I64" || array->shape.elements() != 1) return library().integer(path);
    std::memcpy(&value, array->numbers.data(), sizeof value);
    return value;
  }

  template <class... Parts>
  [[noreturn]] void refuse(const std::string& path, const Parts&... parts) const {
    source_.refuse(path, parts...);
  }

 private:
  using Kind = Hdf5Object::Kind;

  const Hdf5Library& library() const {
    if (!library_) library_ = std::make_unique<Hdf5Library>(image_, source_.name(), source_.mapped());
    return *library_;
  }

  /// Null where it is for the library to read, or to say why not.
  const Hdf5Object* numbers_at(const std::string& path) const {
    const Hdf5Object* object = plain_.find(path);
    return object && object->kind == Kind::numbers ? object : nullptr;
  }

  static bool is_float32(const Hdf5Object& array) { return array.type->name == "F32"; }

  void copy(const Hdf5Object& array, float* to) const {
    if (is_float32(array))
      copy_bytes(array.numbers, source_.mapped().get(), to);
    else
      array.type->to_float(array.numbers.data(), to, std::size_t(array.shape.elements()));
    source_.was_read(array.numbers.size());
  }

  static std::vector<std::string> in_natural_order(std::vector<std::string> names) {
    using Key = std::tuple<std::string_view, std::size_t, std::string_view, std::string_view>;
    std::vector<Key> keys;  // of "conv2d_10": "conv2d_", two digits, "10"
    for (const std::string_view name : names) {
      const std::size_t digits = name.find_last_not_of("0123456789") + 1;
      const std::string_view number = name.substr(std::min(name.find_first_not_of('0', digits), name.size()));
      keys.emplace_back(name.substr(0, digits), number.size(), number, name);
    }
    std::sort(keys.begin(), keys.end());
    std::vector<std::string> sorted;
    for (const auto& [start, size, number, name] : keys) sorted.emplace_back(name);
    return sorted;
  }

  std::span<const std::byte> image_;
  Hdf5Source source_;
  PlainHdf5 plain_;
  mutable std::unique_ptr<const Hdf5Library> library_;
};

}  // namespace tanuki
