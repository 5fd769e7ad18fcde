#pragma once

// A named tensor that belongs to a layer. Weight is a handle: copies share the numbers.

#include <cstdint>
#include <memory>
#include <string>

#include "tanuki/core/tensor.hpp"

namespace tanuki {

/// learned: gradients move it, while its layer is trainable. state: never trained (moving statistics).
enum class Role { learned, state };

template <class B = Cpu>
class Weight {
 public:
  /// No weight: what a layer without a bias passes as its bias.
  Weight() = default;
  Weight(std::string name, Role role, Tensor<B> value)
      : data_(std::make_shared<Data>(Data{std::move(name), role, std::move(value)})) {}

  explicit operator bool() const { return data_ != nullptr; }

  /// Its name within the layer: "kernel", "moving_mean".
  const std::string& name() const { return data_->name; }
  Role role() const { return data_->role; }
  const Shape& shape() const { return data_->value.shape(); }
  const Tensor<B>& value() const { return data_->value; }

  /// For writing. Raises version(), so that what was computed from the old numbers is computed again.
  Tensor<B>& edit() const {
    ++data_->version;
    return data_->value;
  }
  std::uint64_t version() const { return data_->version; }

  /// Replaces the numbers. Throws Error when the shape differs.
  void assign(const Tensor<B>& value) const {
    if (!(value.shape() == shape())) {
      fail("weight '", name(), "' has shape ", shape(), ", a value of shape ", value.shape(), " was given");
    }
    edit() = value;
  }

  /// Identity: true for handles of the same numbers.
  friend bool operator==(const Weight& a, const Weight& b) { return a.data_ == b.data_; }
  const void* id() const { return data_.get(); }

 private:
  struct Data {
    std::string name;
    Role role;
    Tensor<B> value;
    std::uint64_t version = 0;
  };
  std::shared_ptr<Data> data_;
};

}  // namespace tanuki
