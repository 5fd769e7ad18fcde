#pragma once

// Grad-CAM: where in an image a classifier sees a class. The activation of a late layer, its channels weighted by how much
// each would raise the class' score (the mean of the gradient over its places), summed, negative values cut, and
// scaled to 1. (arXiv:1610.02391; keras.io/examples/vision/grad_cam)
//
// A plan gives gradients of weights. So the activation gets a weight of its shape added, zeros: its gradient is the
// activation's.

#include "tanuki/models/model.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/reshape.hpp"
#include "tanuki/training/host.hpp"
#include "tanuki/training/look_through.hpp"

namespace tanuki {

struct GradCamOptions {
  std::string layer = {};  ///< a path, "xception/block14_sepconv2_act"; empty: the last that gives an image
  std::optional<Index> class_number = {};  ///< not given: the one that is predicted
};

/// Made once, for many images.
template <class B = Cpu>
class GradCam {
 public:
  /// Throws Error unless the model has one input and gives (classes), and where no layer of this path gives (height,
  /// width, channels).
  explicit GradCam(const Model<B>& model, std::string layer = {}) : model_(model.name()) {
    if (model.inputs().size() != 1 || model.outputs().size() != 1)
      fail("[grad_cam] '", model_, "' has ", model.inputs().size(), " inputs and ", model.outputs().size(),
           " outputs, expected one of each");
    std::vector<int> outputs;
    auto graph = model.graph(false, outputs);
    int score = look_through(graph, outputs[0], "softmax").logits;
    score = look_through(graph, score, "sigmoid").logits;
    if (graph.shape(score).rank() != 1)
      fail("[grad_cam] '", model_, "' gives ", graph.shape(score), ", expected (classes)");
    const std::size_t place = find(graph, layer);
    layer_ = graph.steps()[place].path;
    const int activation = graph.steps()[place].output;
    shift(graph, place, score);
    plan_ = std::make_unique<Plan<B>>(std::move(graph), std::vector<int>{score, activation},
                                      std::vector<Weight<B>>{shift_});
    if (plan_->trainable_weights().empty())
      fail("[grad_cam] the output of '", model_, "' does not depend on '", layer_, "'");
  }

  /// The path of the layer that is looked at.
  const std::string& layer() const { return layer_; }

  /// Of an image (height, width, channels) as the model takes it: numbers from 0 to 1 in the layer's (height, width);
  /// all 0 where nothing speaks for the class. The class of a model of one output is 1 for a high, 0 for a low one.
  /// Throws Error where image or class do not fit.
  Tensor<Cpu> operator()(const Tensor<Cpu>& image, std::optional<Index> class_number = {}) {
    auto& context = default_context<B>();
    const Tensor<Cpu> batch(image.shape().with_batch(1), std::span(image.data(), std::size_t(image.size())));
    const OnDevice<B> input(batch);
    const auto view = input.view();
    const auto values = plan_->forward(context, std::span(&view, 1));
    const std::vector<float> scores = on_host(values[0]);
    const Index classes = std::max<Index>(2, Index(scores.size()));
    const Index wanted = class_number.value_or(
        scores.size() == 1 ? Index(scores[0] > 0)
                           : std::max_element(scores.begin(), scores.end()) - scores.begin());
    if (wanted < 0 || wanted >= classes)
      fail("[grad_cam] class ", wanted, " was asked for; '", model_, "' has ", classes);
    const Shape shape = values[1].shape.without_batch();
    const std::vector<float> activation = on_host(values[1]);

    std::vector<float> gradient(scores.size());
    gradient[scores.size() == 1 ? 0 : std::size_t(wanted)] = scores.size() == 1 && wanted == 0 ? -1.0f : 1.0f;
    Memory<B>::from_host(plan_->output_gradient(0).data, gradient.data(), gradient.size());
    if (const auto unused = plan_->output_gradient(1))
      Memory<B>::zero(unused.data, std::size_t(unused.size()));
    plan_->backward(context);
    return heat(activation, on_host(ConstTensorView<B>(plan_->weight_gradients()[0])), shape);
  }

 private:
  /// The step that makes the layer's output: its last one, and those of the layers in it are its own.
  std::size_t find(const ops::Graph<B>& graph, const std::string& layer) const {
    const auto& steps = graph.steps();
    bool known = false;
    for (std::size_t i = steps.size(); i-- > 0;) {
      const auto& path = steps[i].path;
      if (!layer.empty() && path != layer && !path.starts_with(layer + "/")) continue;
      const Shape& shape = graph.shape(steps[i].output);
      known = true;
      if (shape.rank() == 3 && shape[0] * shape[1] > 1) return i;
      if (!layer.empty()) break;
    }
    if (layer.empty()) fail("[grad_cam] no layer of '", model_, "' gives (height, width, channels)");
    if (known)
      fail("[grad_cam] the layer '", layer, "' of '", model_, "' does not give (height, width, channels)");
    fail("[grad_cam] '", model_, "' has no layer '", layer,
         "'; the path of one within a nested model begins with ", "that model's name");
  }

  /// Adds the weight to what step number `place` gives, for all that read it.
  void shift(ops::Graph<B>& graph, std::size_t place, int& score) {
    const int activation = graph.steps()[place].output;
    const Shape shape = graph.shape(activation);
    const Shape flat{shape.elements()};
    shift_ = Weight<B>("shift", Role::learned, Tensor<B>(flat));
    const std::size_t before = graph.steps().size();
    const auto moved = ops::bias_add(ops::reshape(ops::Value<B>{&graph, activation}, flat), shift_);
    const int shifted = ops::reshape(moved, shape).id;
    auto steps = graph.steps();
    for (std::size_t i = place + 1; i < before; ++i)
      std::replace(steps[i].inputs.begin(), steps[i].inputs.end(), activation, shifted);
    std::rotate(steps.begin() + std::ptrdiff_t(place) + 1, steps.begin() + std::ptrdiff_t(before),
                steps.end());
    graph.replace_steps(std::move(steps));
    if (score == activation) score = shifted;
  }

  static Tensor<Cpu> heat(const std::vector<float>& activation, const std::vector<float>& gradient,
                          const Shape& shape) {
    const std::size_t places = std::size_t(shape[0] * shape[1]), channels = std::size_t(shape[2]);
    std::vector<double> importance(channels);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      importance[i % channels] += double(gradient[i]) / double(places);
    std::vector<double> sums(places);
    for (std::size_t i = 0; i < activation.size(); ++i)
      sums[i / channels] += importance[i % channels] * double(activation[i]);
    const double most = *std::max_element(sums.begin(), sums.end());
    Tensor<Cpu> map(Shape{shape[0], shape[1]});
    for (std::size_t i = 0; i < places && most > 0; ++i) map.data()[i] = float(std::max(sums[i], 0.0) / most);
    return map;
  }

  std::string model_, layer_;
  Weight<B> shift_;
  std::unique_ptr<Plan<B>> plan_;
};

/// For one image; see GradCam.
template <class B>
Tensor<Cpu> grad_cam(const Model<B>& model, const Tensor<Cpu>& image, const GradCamOptions& options = {}) {
  return GradCam<B>(model, options.layer)(image, options.class_number);
}

}  // namespace tanuki
