#pragma once

// A batch where the backend can read it: in place on a CPU, else copies, on their way when this has been made.

#include <list>
#include <optional>
#include <span>
#include <sstream>

#include "tanuki/training/batches.hpp"
#include "tanuki/training/host.hpp"

namespace tanuki {

/// Examples of a batch.
template <class B>
struct BatchPart {
  using Views = std::vector<ConstTensorView<B>>;

  Views x, y, weights;
  std::list<OnDevice<B>> kept = {};
};

template <class B>
class DeviceBatch {
 public:
  /// The batch's tensors must stay where the backend reads them in place, and where parts are smaller than the batch, as these
  /// are copied one by one. Throws Error unless there are examples, as many in each tensor.
  explicit DeviceBatch(const Batch& batch, Index part_size = 0) : batch_(batch), size_(batch.size()) {
    check_sizes(batch);
    if (part_size == 0 || part_size >= size_) whole_ = copied(0, size_);
  }

  Index size() const { return size_; }
  bool features() const { return batch_.features; }

  BatchPart<B> whole() const { return part(0, size_); }
  /// `count` examples from number `first` on.
  BatchPart<B> part(Index first, Index count) const {
    if (!whole_) return copied(first, count);
    return {part_of(whole_->x, first, count), part_of(whole_->y, first, count),
            part_of(whole_->weights, first, count)};
  }

  /// " (the batch's y has nan in example 3)" where it has such a number, which explains a loss; else empty.
  std::string not_finite() const {
    std::string found;
    const auto look = [&](const char* name, const auto& tensors, const Views* there) {
      for (std::size_t i = 0; i < tensors.size() && found.empty(); ++i) {
        if (there)
          found = not_finite_in(name, on_host((*there)[i]), size_);
        else
          found = not_finite_in(name, std::span(tensors[i]->data(), std::size_t(tensors[i]->size())), size_);
      }
    };
    look("x", batch_.x, whole_ ? &whole_->x : nullptr);
    look("y", batch_.y, whole_ ? &whole_->y : nullptr);
    look("sample weights", batch_.weights, whole_ ? &whole_->weights : nullptr);
    return found;
  }

 private:
  using Views = typename BatchPart<B>::Views;

  BatchPart<B> copied(Index first, Index count) const {
    BatchPart<B> part;
    const auto copy = [&](const std::vector<const Tensor<Cpu>*>& tensors, Views& views) {
      for (const auto* tensor : tensors)
        views.push_back(part.kept.emplace_back(*tensor, first, count).view());
    };
    copy(batch_.x, part.x), copy(batch_.y, part.y), copy(batch_.weights, part.weights);
    return part;
  }

  static std::string not_finite_in(const char* name, std::span<const float> values, Index examples) {
    const auto found =
        std::find_if_not(values.begin(), values.end(), [](float x) { return std::isfinite(x); });
    if (found == values.end()) return "";
    std::ostringstream place;
    place << " (the batch's " << name << " has " << *found << " in example "
          << (found - values.begin()) / (Index(values.size()) / examples) << ')';
    return place.str();
  }

  static Views part_of(const Views& whole, Index first, Index count) {
    Views parts;
    for (const auto& view : whole) {
      const Shape example = view.shape.without_batch();
      parts.push_back({view.data + first * example.elements(), example.with_batch(count)});
    }
    return parts;
  }

  Batch batch_;
  Index size_;
  std::optional<BatchPart<B>> whole_;
};

}  // namespace tanuki
