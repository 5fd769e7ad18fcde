#pragma once

// A batch in parts: each part's gradients, weighted by its share of the batch, are added up, and one
// optimizer step follows. The loss of a batch is the mean over its examples, so the sum is the whole batch's
// gradient, up to float32 rounding. It costs the plan's memory at the size of a part, and one set of
// gradients.
//
// What is random draws for each example what it draws in the whole batch (Random::per_example).

#include <algorithm>

#include "tanuki/models/plan.hpp"

namespace tanuki {

/// Throws Error, naming the layer, where an op takes statistics of its batch, as a batch normalisation does
/// in batch mode; and for a negative size.
template <class B>
void check_micro_batches(const ops::Graph<B>& graph, Index micro_batch_size) {
  if (micro_batch_size < 0) fail("micro_batch_size is ", micro_batch_size, ", expected 0 (none) or more");
  if (micro_batch_size == 0) return;
  for (const auto& step : graph.steps()) {
    std::vector<Shape> shapes;
    for (int input : step.inputs) shapes.push_back(graph.shape(input));
    if (!step.op->saved(shapes).for_commit) continue;  // no statistics of the batch
    fail("in '", step.path, "': [", step.op->name(),
         "] takes statistics of its batch, which a micro_batch_size of ", micro_batch_size,
         " would cut in parts: expected it in inference mode (training = false, or frozen), or no ",
         "micro_batch_size");
  }
}

/// The sums of gradients over the parts of a batch, in one block of memory.
template <class B>
class GradientSums {
 public:
  using Gradients = std::vector<TensorView<B>>;

  /// Starts a batch.
  void reset() { parts_ = 0; }

  /// Adds a part's gradients; always the same shapes.
  void add(Context<B>& context, const Gradients& gradients) {
    if (views_.empty()) allocate(gradients);
    std::vector<ops::WeightUpdate<B>> added;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      const auto& sum = views_[i];
      if (parts_ == 0)
        Memory<B>::copy(sum.data, gradients[i].data, std::size_t(sum.size()));
      else
        added.push_back({sum.size(), 0, sum.data, gradients[i].data});
    }
    ops::AccumulateKernel<B>::add(context, added);
    ++parts_;
  }

  const Gradients& views() const { return views_; }

 private:
  void allocate(const Gradients& gradients) {
    Index size = 0;
    const auto place = [&size](const auto& gradient) {  // 64 bytes apart, as the kernels like it
      return std::exchange(size, size + (gradient.size() + 15) / 16 * 16);
    };
    std::vector<Index> offsets;
    for (const auto& gradient : gradients) offsets.push_back(place(gradient));
    memory_ = Buffer<B>(size);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      views_.push_back({memory_.data() + offsets[i], gradients[i].shape});
    }
  }

  Buffer<B> memory_;
  Gradients views_;
  Index parts_ = 0;
};

}  // namespace tanuki
