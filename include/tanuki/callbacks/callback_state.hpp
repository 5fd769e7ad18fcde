#pragma once

// Callback::state() as bytes: numbers, texts and weights one behind the other, each as it lies in memory, so that what is
// read is what was written, to the bit.

#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "tanuki/training/model_in_training.hpp"

namespace tanuki {

class CallbackStateWriter {
 public:
  template <class N>
  requires std::is_arithmetic_v<N>
  void put(N number) { bytes_.append(reinterpret_cast<const char*>(&number), sizeof number); }
  void put(const std::optional<double>& number) {
    put(number.has_value());
    put(number.value_or(0));
  }
  void put(const std::string& text) {
    put(Index(text.size()));
    bytes_ += text;
  }
  void put(const std::vector<std::string>& texts) {
    put(Index(texts.size()));
    for (const auto& text : texts) put(text);
  }
  void put(const std::vector<ModelInTraining::WeightValues>& weights) {
    put(Index(weights.size()));
    for (const auto& [path, shape, values] : weights) {
      put(path);
      put(Index(shape.rank()));
      for (const Index extent : shape) put(extent);
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    }
  }

  std::string bytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads in the order of writing. Throws Error, with the callback's name, for bytes that are not such a state.
class CallbackStateReader {
 public:
  CallbackStateReader(std::string callback, const std::string& bytes)
      : callback_(std::move(callback)), bytes_(bytes) {}

  template <class N>
  requires std::is_arithmetic_v<N>
  void get(N& number) { copy(&number, sizeof number); }
  void get(std::optional<double>& number) {
    bool there = false;
    double value = 0;
    get(there), get(value);
    number = there ? std::optional(value) : std::nullopt;
  }
  void get(std::string& text) {
    text.resize(std::size_t(count(1)));
    copy(text.data(), text.size());
  }
  void get(std::vector<std::string>& texts) {
    texts.resize(std::size_t(count(sizeof(Index))));
    for (auto& text : texts) get(text);
  }
  void get(std::vector<ModelInTraining::WeightValues>& weights) {
    weights.resize(std::size_t(count(2 * sizeof(Index))));
    for (auto& [path, shape, values] : weights) {
      get(path);
      std::vector<Index> extents(std::size_t(count(sizeof(Index))));
      for (Index& extent : extents) get(extent);
      shape = Shape(extents);
      if (shape.elements() > Index((bytes_.size() - at_) / sizeof(float))) refuse();
      values.resize(std::size_t(shape.elements()));
      copy(values.data(), values.size() * sizeof(float));
    }
  }

  void expect_end() const {
    if (at_ != bytes_.size()) refuse();
  }

 private:
  /// Of things that take at least `size` bytes each.
  Index count(std::size_t size) {
    Index number = 0;
    get(number);
    if (number < 0 || number > Index((bytes_.size() - at_) / size)) refuse();
    return number;
  }
  void copy(void* to, std::size_t size) {
    if (size > bytes_.size() - at_) refuse();
    if (size) std::memcpy(to, bytes_.data() + at_, size);
    at_ += size;
  }
  [[noreturn]] void refuse() const {
    fail("[", callback_, "] a state of ", bytes_.size(), " bytes was given, expected one of state()");
  }

  std::string callback_;
  const std::string& bytes_;
  std::size_t at_ = 0;
};

}  // namespace tanuki
