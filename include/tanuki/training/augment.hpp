#pragma once

// Layers as a step of a dataset: what they do in training, on the threads that prepare the data.
//   train.map(augment(Sequential({RandomFlip({.mode = "horizontal"}), RandomRotation({.factor = 0.1f})})), seed)
// An example's random numbers are those of map(): they depend on seed, epoch and entry alone. In the model the same
// layers draw others, since there they go by step and place in the batch.

#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "tanuki/data/dataset.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/models/plan.hpp"

namespace tanuki {

namespace detail {

/// A layer made ready for images of some shapes, as often as threads use it at once.
template <class B>
class Augmentation {
  static_assert(std::is_same_v<B, Cpu>, "augment() takes layers of the Cpu: datasets are there");

 public:
  explicit Augmentation(std::shared_ptr<const Layer<B>> layer) : layer_(std::move(layer)) {}

  /// `x`: images (batch, height, width, channels).
  Tensor<Cpu> operator()(ConstTensorView<Cpu> x, Random random) {
    auto ready = take(x.shape.without_batch());
    const auto y = ready->plan.forward(ready->context, std::span(&x, 1), random)[0];
    Tensor<Cpu> result(y.shape, std::span(y.data, std::size_t(y.size())));
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(ready));
    constexpr std::size_t most = 16;  // for images of many sizes; the one idle longest goes
    if (idle_.size() > most) idle_.erase(idle_.begin());
    return result;
  }

 private:
  struct Ready {
    Shape shape;
    Plan<B> plan;
    Context<B> context{1};
  };

  std::unique_ptr<Ready> take(const Shape& shape) {
    std::lock_guard lock(mutex_);
    for (auto& ready : idle_) {
      if (!(ready->shape == shape)) continue;
      std::swap(ready, idle_.back());
      auto found = std::move(idle_.back());
      idle_.pop_back();
      return found;
    }
    ops::Graph<B> graph;
    const auto outputs = layer_->trace({graph.input(shape)}, true);
    if (outputs.size() != 1)
      fail("[augment] '", layer_->name(), "' has ", outputs.size(), " outputs, expected one");
    forget_names(graph);
    return std::make_unique<Ready>(Ready{shape, Plan<B>(std::move(graph), {outputs[0].id})});
  }

  /// Random numbers go by the path of a step, and a layer's own name says how many were made before it.
  static void forget_names(ops::Graph<B>& graph) {
    auto steps = graph.steps();
    for (auto& step : steps) step.path = step.op->name();
    graph.replace_steps(std::move(steps));
  }

  std::shared_ptr<const Layer<B>> layer_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Ready>> idle_;
};

}  // namespace detail

/// For Dataset::map: `layer`, in training, applied to x: an image (height, width, channels) or a batch of them. The target
/// stays. Throws Error, naming the layer, where x does not fit.
template <class B>
RandomExampleFunction augment(const Layer<B>& layer) {
  return [augmentation = std::make_shared<detail::Augmentation<B>>(layer.clone())](Example example,
                                                                                   Random random) {
    const bool batch = example.x.shape().rank() == 4;
    ConstTensorView<Cpu> x = example.x.view();
    if (!batch) x.shape = x.shape.with_batch(1);
    Tensor<Cpu> y = (*augmentation)(x, random);
    if (!batch) y = Tensor<Cpu>(y.shape().without_batch(), std::span(y.data(), std::size_t(y.size())));
    example.x = std::move(y);
    return example;
  };
}

}  // namespace tanuki
