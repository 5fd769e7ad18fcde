#pragma once

// A named tensor that belongs to a layer. Weight is a handle: copies share the numbers.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <typeindex>

#include "tanuki/core/constraint.hpp"
#include "tanuki/core/regularizer.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki {

/// learned: gradients move it, while its layer is trainable. state: never trained (moving statistics).
enum class Role { learned, state };

template <class B = Cpu>
class Weight {
 public:
  /// No weight: what a layer without a bias passes as its bias.
  Weight() = default;
  Weight(std::string name, Role role, Tensor<B> value, Regularizer regularizer = {},
         Constraint constraint = {})
      : data_(std::make_shared<Data>(std::move(name), role, std::move(value), regularizer,
                                     std::move(constraint))) {}

  explicit operator bool() const { return data_ != nullptr; }

  /// Its name within the layer: "kernel", "moving_mean".
  const std::string& name() const { return data_->name; }
  Role role() const { return data_->role; }
  const Regularizer& regularizer() const { return data_->regularizer; }
  const Constraint& constraint() const { return data_->constraint; }
  const Shape& shape() const { return data_->value.shape(); }
  const Tensor<B>& value() const { return data_->value; }

  /// For writing, until something is computed with the weight again. Raises version(), so that what was
  /// derived from the old numbers is made anew.
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

  /// The numbers in another form, T, such as panels for a kernel: made by fill(T&) when first asked for, and again
  /// in the same place when asked for after an edit(): not while another thread reads them. One a type is kept, until after an
  /// edit() another is asked for; all copies of the handle share it.
  template <class T, class Fill>
  const T& derived(Fill&& fill) const {
    std::lock_guard lock(data_->mutex);
    auto& kept = data_->derived[typeid(T)];
    if (!kept.value) kept.value = std::make_shared<T>();
    T& value = *static_cast<T*>(kept.value.get());
    if (!kept.fresh || kept.version != data_->version) {
      kept.fresh = false;  // stays so where fill throws
      std::erase_if(data_->derived, [&](const auto& other) {
        return &other.second != &kept && other.second.version != data_->version;
      });
      fill(value);
      kept.fresh = true;
      data_->value.release_pages();
      kept.version = data_->version;
    }
    return value;
  }

  /// Identity: true for handles of the same numbers.
  friend bool operator==(const Weight& a, const Weight& b) { return a.data_ == b.data_; }
  const void* id() const { return data_.get(); }

 private:
  struct Derived {
    std::shared_ptr<void> value;
    bool fresh = false;
    std::uint64_t version = 0;
  };
  struct Data {
    Data(std::string its_name, Role its_role, Tensor<B> its_value, Regularizer its_regularizer,
         Constraint its_constraint)
        : name(std::move(its_name)),
          role(its_role),
          value(std::move(its_value)),
          regularizer(its_regularizer),
          constraint(std::move(its_constraint)) {}

    std::string name;
    Role role;
    Tensor<B> value;
    Regularizer regularizer;
    Constraint constraint;
    std::uint64_t version = 0;
    std::mutex mutex;  ///< of derived
    std::map<std::type_index, Derived> derived;
  };
  std::shared_ptr<Data> data_;
};

}  // namespace tanuki
