#pragma once

// A batch where the backend can read it: in place on a CPU, else copies, on their way when this has been made.

#include <list>
#include <sstream>

#include "tanuki/training/batches.hpp"
#include "tanuki/training/host.hpp"

namespace tanuki {

template <class B>
class DeviceBatch {
 public:
  using Views = std::vector<ConstTensorView<B>>;

  /// On a CPU the batch's tensors must stay. Throws Error unless every one of them has as many examples.
  explicit DeviceBatch(const Batch& batch) : size_(batch.size()), features_(batch.features) {
    check_sizes(batch);
    put(batch.x, x_), put(batch.y, y_), put(batch.weights, weights_);
  }

  Index size() const { return size_; }
  bool features() const { return features_; }

  /// `count` examples from number `first` on.
  Views x(Index first, Index count) const { return part(x_, first, count); }
  Views y(Index first, Index count) const { return part(y_, first, count); }
  Views weights(Index first, Index count) const { return part(weights_, first, count); }

  /// " (the batch's y has nan in example 3)" where it has such a number, which explains a loss; else empty.
  std::string not_finite() const {
    std::string found = not_finite_in("x", x_);
    if (found.empty()) found = not_finite_in("y", y_);
    return found.empty() ? not_finite_in("sample weights", weights_) : found;
  }

 private:
  static void check_sizes(const Batch& batch) {
    for (const auto* tensors : {&batch.x, &batch.y, &batch.weights}) {
      for (const auto* tensor : *tensors) {
        if (tensor->shape().rank() && tensor->shape()[0] == batch.size()) continue;
        fail(tensors == &batch.x   ? "inputs "
             : tensors == &batch.y ? "labels "
                                   : "sample weights ",
             tensor->shape(), " do not fit images ", batch.x[0]->shape(), ": the batches differ");
      }
    }
  }

  void put(const std::vector<const Tensor<Cpu>*>& tensors, Views& views) {
    for (const auto* tensor : tensors) views.push_back(kept_.emplace_back(*tensor).view());
  }

  static Views part(const Views& whole, Index first, Index count) {
    Views parts;
    for (const auto& view : whole) {
      const Shape example = view.shape.without_batch();
      parts.push_back({view.data + first * example.elements(), example.with_batch(count)});
    }
    return parts;
  }

  static std::string not_finite_in(const char* name, const Views& views) {
    for (const auto& view : views) {
      const auto values = on_host(view);
      const auto found =
          std::find_if_not(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
      if (found == values.end()) continue;
      std::ostringstream place;
      place << " (the batch's " << name << " has " << *found << " in example "
            << (found - values.begin()) / view.shape.without_batch().elements() << ')';
      return place.str();
    }
    return "";
  }

  Index size_;
  bool features_;
  std::list<OnDevice<B>> kept_;
  Views x_, y_, weights_;
};

}  // namespace tanuki
