#pragma once

// Rules that make fewer, larger ops of a plan's graph: each looks at one step and the one that makes its input,
// and makes one FusedConv2D of both; `strassen` says how one multiplies. What they may not change is any result beyond float32
// rounding, which `strassen` measures by the largest numbers of an image's neighbouring positions.
// A step with a backward is fused where the fused op has one too.

#include "tanuki/models/graph_editor.hpp"
#include "tanuki/ops/activation.hpp"
#include "tanuki/ops/add.hpp"
#include "tanuki/ops/batch_norm_inference.hpp"
#include "tanuki/ops/bias_add.hpp"
#include "tanuki/ops/conv2d.hpp"
#include "tanuki/ops/depthwise_conv2d.hpp"
#include "tanuki/ops/fused_conv2d.hpp"
#include "tanuki/ops/matmul.hpp"
#include "tanuki/ops/pad2d.hpp"

namespace tanuki {

/// Which rules are on. Without `convolution` the others find nothing.
struct FusionRules {
  bool convolution = true;  ///< a convolution or matrix product keeps its weights packed
  bool bias = true;         ///< convolution, bias_add
  bool batch_norm = true;   ///< convolution, batch normalisation with given statistics
  bool shortcut = true;     ///< convolution, add: in inference and below the frontier
  bool relu_after = true;   ///< convolution, ReLU or (on the CPU) ReLU6: in inference and below the frontier
  bool separable = true;    ///< depthwise convolution, 1 × 1 convolution
  bool relu_before = true;  ///< ReLU, (depthwise) convolution
  bool padding = true;      ///< zeros around an image, (depthwise) convolution
  bool strassen =
      true;  ///< large 1 × 1 convolutions: forward in inference and below the frontier, above it backward

  static FusionRules none() { return {false, false, false, false, false, false, false, false, false}; }
};

namespace rules {

template <class B>
using Fused = ops::FusedConv2D<B>;

/// Replaces step `later` and `earlier` by one.
template <class B>
bool fuse(GraphEditor<B>& graph, std::size_t earlier, std::size_t later, std::size_t named,
          ops::FusedConv2DParts<B> parts, std::vector<int> inputs) {
  graph.merge(earlier, later, named, std::make_shared<Fused<B>>(std::move(parts)), std::move(inputs));
  return true;
}

/// The convolution that makes input `which` of step i and is free to take in what follows it.
template <class B>
std::optional<std::size_t> open_convolution(const GraphEditor<B>& graph, std::size_t i,
                                            std::size_t which = 0) {
  const auto maker = graph.only_for(i, which);
  if (!maker) return {};
  const auto* fused = graph.template as<Fused<B>>(*maker);
  if (!fused || fused->parts().relu_after || fused->parts().shortcut) return {};
  return maker;
}

template <class B>
bool convolution(GraphEditor<B>& graph, std::size_t i, std::optional<DtypePolicy> policy) {
  const bool bfloat16 = policy.value_or(graph.step(i)->dtype_policy) == DtypePolicy::mixed_bfloat16;
  if (const auto* conv = graph.template as<ops::Conv2D<B>>(i)) {
    graph.replace(i, std::make_shared<Fused<B>>(ops::FusedConv2DParts<B>{
                         .kernel = conv->kernel(), .options = conv->options(), .bfloat16 = bfloat16}));
    return true;
  }
  if (const auto* product = graph.template as<ops::Matmul<B>>(i)) {
    graph.replace(i, std::make_shared<Fused<B>>(
                         ops::FusedConv2DParts<B>{.kernel = product->kernel(), .bfloat16 = bfloat16}));
    return true;
  }
  return false;
}

template <class B>
bool bias(GraphEditor<B>& graph, std::size_t i) {
  const auto* add = graph.template as<ops::BiasAdd<B>>(i);
  const auto conv = add ? open_convolution(graph, i) : std::nullopt;
  if (!conv) return false;
  auto parts = graph.template as<Fused<B>>(*conv)->parts();
  if (parts.has_affine()) return false;
  parts.bias = add->bias();
  return fuse(graph, *conv, i, *conv, std::move(parts), graph.step(*conv)->inputs);
}

template <class B>
bool batch_norm(GraphEditor<B>& graph, std::size_t i) {
  const auto* norm = graph.template as<ops::BatchNormInference<B>>(i);
  const auto conv = norm ? open_convolution(graph, i) : std::nullopt;
  if (!conv) return false;
  auto parts = graph.template as<Fused<B>>(*conv)->parts();
  if (parts.has_norm()) return false;
  parts.norm = norm->parameters();
  parts.epsilon = norm->epsilon();
  return fuse(graph, *conv, i, *conv, std::move(parts), graph.step(*conv)->inputs);
}

template <class B>
bool shortcut(GraphEditor<B>& graph, std::size_t i) {
  if (!graph.template as<ops::Add<B>>(i) || graph.step(i)->inputs.size() != 2 || graph.has_backward(i))
    return false;
  for (std::size_t which : {0u, 1u}) {
    const auto conv = open_convolution(graph, i, which);
    if (!conv) continue;
    auto parts = graph.template as<Fused<B>>(*conv)->parts();
    parts.shortcut = true;
    return fuse(graph, *conv, i, *conv, std::move(parts),
                {graph.step(*conv)->inputs[0], graph.step(i)->inputs[1 - which]});
  }
  return false;
}

template <class B>
bool is(const GraphEditor<B>& graph, std::size_t i, ops::ActivationKind kind) {
  const auto* activation = graph.template as<ops::Activation<B>>(i);
  return activation && activation->kind() == kind;
}

template <class B>
bool relu_after(GraphEditor<B>& graph, std::size_t i) {
  const bool relu6 = ops::FusedConv2DKernel<B>::limits_relu && is(graph, i, ops::ActivationKind::relu6);
  if ((!relu6 && !is(graph, i, ops::ActivationKind::relu)) || graph.has_backward(i)) return false;
  const auto maker = graph.only_for(i);
  const auto* fused = maker ? graph.template as<Fused<B>>(*maker) : nullptr;
  if (!fused || fused->parts().relu_after) return false;
  auto parts = fused->parts();
  parts.relu_after = true;
  if (relu6) parts.relu_most = 6;
  return fuse(graph, *maker, i, *maker, std::move(parts), graph.step(*maker)->inputs);
}

template <class B>
bool separable(GraphEditor<B>& graph, std::size_t i) {
  const auto* conv = graph.template as<Fused<B>>(i);
  const auto maker = conv ? graph.only_for(i) : std::nullopt;
  const auto* depthwise = maker ? graph.template as<ops::DepthwiseConv2D<B>>(*maker) : nullptr;
  if (!depthwise) return false;
  auto parts = conv->parts();
  const Shape &kernel = parts.kernel.shape(), &taps = depthwise->kernel().shape();
  const bool pointwise = kernel.rank() == 4 && kernel[0] * kernel[1] == 1 &&
                         parts.options.strides == ops::Size2D(1) && parts.options.zeros == ops::Borders();
  // The product's rows know kernels of (height, width, channels, multiplier) without dilation.
  const bool plain = taps.rank() == 4 && taps[2] * taps[3] == kernel[2] &&
                     depthwise->options().dilation == ops::Size2D(1) &&
                     graph.shape(graph.step(*maker)->inputs[0])[2] == taps[2];
  if (!pointwise || !plain || parts.depthwise || parts.relu_before) return false;
  parts.depthwise = depthwise->kernel();
  parts.depthwise_options = depthwise->options();
  auto inputs = graph.step(i)->inputs;
  inputs[0] = graph.step(*maker)->inputs[0];
  return fuse(graph, *maker, i, i, std::move(parts), std::move(inputs));
}

template <class B>
bool relu_before(GraphEditor<B>& graph, std::size_t i) {
  const auto* conv = graph.template as<Fused<B>>(i);
  const auto maker = conv ? graph.only_for(i) : std::nullopt;
  if (!maker || !is(graph, *maker, ops::ActivationKind::relu) || conv->parts().relu_before) return false;
  auto parts = conv->parts();
  parts.relu_before = true;
  auto inputs = graph.step(i)->inputs;
  inputs[0] = graph.step(*maker)->inputs[0];
  return fuse(graph, *maker, i, i, std::move(parts), std::move(inputs));
}

/// The convolution reads the image without its zeros.
template <class B>
bool padding(GraphEditor<B>& graph, std::size_t i) {
  const auto* fused = graph.template as<Fused<B>>(i);
  const auto* depthwise = graph.template as<ops::DepthwiseConv2D<B>>(i);
  if (!depthwise && (!fused || fused->parts().kernel.shape().rank() == 2)) return false;
  const auto maker = graph.only_for(i);
  const auto* pad = maker ? graph.template as<ops::Pad2D<B>>(*maker) : nullptr;
  if (!pad || pad->value() != 0) return false;
  auto inputs = graph.step(i)->inputs;
  inputs[0] = graph.step(*maker)->inputs[0];
  const auto within = [&](ops::ConvolutionOptions options) {
    options.zeros = options.zeros + pad->borders();
    return options;
  };
  if (depthwise) {
    const auto options = within(depthwise->options());
    graph.merge(*maker, i, i, std::make_shared<ops::DepthwiseConv2D<B>>(depthwise->kernel(), options),
                inputs);
    return true;
  }
  auto parts = fused->parts();
  auto& options = parts.depthwise ? parts.depthwise_options : parts.options;
  options = within(options);
  return fuse(graph, *maker, i, i, std::move(parts), std::move(inputs));
}

/// Where there is a backward, only that: the gradients of a ReLU change with the sign of a number near zero, so that another
/// rounding forward shows in them as it does not in what comes out.
template <class B>
bool strassen(GraphEditor<B>& graph, std::size_t i) {
  const auto* fused = graph.template as<Fused<B>>(i);
  if (!fused || fused->parts().strassen_forward || fused->parts().strassen_backward) return false;
  auto parts = fused->parts();
  (graph.has_backward(i) ? parts.strassen_backward : parts.strassen_forward) = true;
  if (!ops::FusedConv2DKernel<B>::fits_strassen(parts,
                                                fused->geometry(graph.shape(graph.step(i)->inputs[0]))))
    return false;
  graph.replace(i, std::make_shared<Fused<B>>(std::move(parts)));
  return true;
}

}  // namespace rules

/// Applies the rules until none finds anything. `trainable`: the weights that a backward will go to. `policy`, where
/// given, is what products compute in, instead of each layer's own.
template <class B>
void rewrite(ops::Graph<B>& graph, const std::vector<int>& outputs, std::span<const Weight<B>> trainable,
             const FusionRules& on = {}, std::optional<DtypePolicy> policy = {}) {
  GraphEditor<B> editor(graph, outputs, trainable);
  const auto any_applies = [&](std::size_t i) {
    return (on.convolution && rules::convolution(editor, i, policy)) || (on.bias && rules::bias(editor, i)) ||
           (on.batch_norm && rules::batch_norm(editor, i)) || (on.shortcut && rules::shortcut(editor, i)) ||
           (on.relu_after && rules::relu_after(editor, i)) || (on.separable && rules::separable(editor, i)) ||
           (on.relu_before && rules::relu_before(editor, i)) || (on.padding && rules::padding(editor, i)) ||
           (on.strassen && rules::strassen(editor, i));
  };
  // What a rule finds lies before the step that it looks at, so one walk finds all.
  for (std::size_t i = 0; i < editor.size(); ++i) {
    while (editor.step(i) && any_applies(i)) {
    }
  }
  editor.finish();
}

}  // namespace tanuki
