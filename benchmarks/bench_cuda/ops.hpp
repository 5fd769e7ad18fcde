#pragma once

// The ops that memory limits, each beside the time that copying as many bytes takes.

#include "calls.hpp"

namespace tanuki::bench {

/// An op with its tensors, on which it can run again and again.
class OpRun {
 public:
  /// `wanted`: what backward() is to give.
  OpRun(Context<Cuda>& context, std::unique_ptr<ops::Op<Cuda>> op, const std::vector<Shape>& inputs,
        ops::Wanted wanted)
      : context_(context), op_(std::move(op)) {
    std::vector<Shape> shapes;
    for (const Shape& shape : inputs) {
      inputs_.push_back(filled(shape));
      input_gradients_.push_back(filled(shape));
      shapes.push_back(shape.without_batch());
    }
    const Index batch = inputs[0][0];
    output_ = filled(op_->output_shape(shapes).with_batch(batch));
    gradient_ = filled(output_.shape());
    const ops::Saved saved = op_->saved(shapes);
    saved_ = Tensor<Cuda>({saved.per_image * batch + saved.fixed});
    for (const auto& weight : op_->weights()) weight_gradients_.push_back(filled(weight.shape()));
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      views_.push_back(inputs_[i].view());
      to_inputs_.push_back(input_gradients_[i].view());
      if (!wanted.inputs) to_inputs_.back().data = nullptr;
    }
    const auto weights = op_->weights();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      to_weights_.push_back(weight_gradients_[i].view());
      if (!wanted.weights || weights[i].role() != Role::learned) to_weights_.back().data = nullptr;
    }
    op_->prepare(context_);
  }

  void forward() { op_->forward({context_, views_, output_.view(), saved_.view(), Random{1, 2}}); }
  void backward() {
    op_->backward({context_, views_, output_.view(), gradient_.view(), to_inputs_, to_weights_, saved_.view(),
                   Random{1, 2}});
  }

 private:
  Context<Cuda>& context_;
  std::unique_ptr<ops::Op<Cuda>> op_;
  std::vector<Tensor<Cuda>> inputs_, input_gradients_, weight_gradients_;
  Tensor<Cuda> output_, gradient_, saved_;
  std::vector<ConstTensorView<Cuda>> views_;
  std::vector<TensorView<Cuda>> to_inputs_, to_weights_;
};

inline Weight<Cuda> weight(const Shape& shape, Role role = Role::learned) {
  return {"weight", role, filled(shape)};
}

/// Statistics of 1, so that no variance is negative.
inline ops::BatchNormWeights<Cuda> norm_weights(Index channels) {
  const auto ones = [&](Role role) {
    return Weight<Cuda>("weight", role,
                        Tensor<Cuda>({channels}, std::vector<float>(std::size_t(channels), 1)));
  };
  return {ones(Role::learned), ones(Role::learned), ones(Role::state), ones(Role::state)};
}

/// Prints a line: the op, its shape, time, what it moves, and the share of the copy's speed.
inline void print_op(const char* name, const Shape& shape, double ms, double floats_moved, double ceiling) {
  const double gigabytes_a_second = 4e-6 * floats_moved / ms;
  std::printf("| %s | %s | %.4f | %.0f | %.0f %% |\n", name, shape.str().c_str(), ms, gigabytes_a_second,
              100 * gigabytes_a_second / ceiling);
}

/// Those of one shape (batch, height, width, channels); `ceiling`: of the copy, in GB a second.
inline void time_ops_of(Context<Cuda>& context, const Shape& shape, int reps, double ceiling) {
  const double count = double(shape.elements());
  const Index channels = shape.back();
  const ops::ConvolutionOptions same{.padding = ops::Padding::same};
  const auto depthwise = [&] {
    return std::make_unique<ops::DepthwiseConv2D<Cuda>>(weight({3, 3, channels, 1}), same);
  };
  const auto norm = [&] {
    return std::make_unique<ops::BatchNorm<Cuda>>(norm_weights(channels), 1e-3f, 0.99);
  };
  const auto still = [&] {
    return std::make_unique<ops::BatchNormInference<Cuda>>(norm_weights(channels), 1e-3f);
  };
  const auto relu = [&] { return std::make_unique<ops::Activation<Cuda>>(ops::ActivationKind::relu); };
  const auto pool = [&] {
    return std::make_unique<ops::MaxPool2D<Cuda>>(ops::Window{3, 2, ops::Padding::same});
  };
  const auto average = [&] { return std::make_unique<ops::GlobalAveragePool2D<Cuda>>(false); };
  const auto dropout = [&] { return std::make_unique<ops::Dropout<Cuda>>(0.2f); };
  const auto add = [&] { return std::make_unique<ops::Add<Cuda>>(); };
  /// `tensors`: how many of the shape's size go through memory.
  const auto forward = [&](const char* name, auto make, double tensors, std::size_t inputs = 1) {
    OpRun run(context, make(), std::vector<Shape>(inputs, shape), {});
    print_op(name, shape, milliseconds_a_call(context, reps, [&] { run.forward(); }), tensors * count,
             ceiling);
  };
  const auto backward = [&](const char* name, auto make, double tensors, ops::Wanted wanted) {
    OpRun run(context, make(), {shape}, wanted);
    run.forward();
    print_op(name, shape, milliseconds_a_call(context, reps, [&] { run.backward(); }), tensors * count,
             ceiling);
  };
  forward("depthwise 3 × 3", depthwise, 2);
  backward("depthwise 3 × 3, dx", depthwise, 2, {.inputs = true});
  backward("depthwise 3 × 3, dw", depthwise, 2, {.weights = true});
  forward("batch norm, batch's statistics", norm, 3);
  backward("batch norm, batch's statistics, backward", norm, 5, {.inputs = true, .weights = true});
  forward("batch norm, given statistics", still, 2);
  backward("batch norm, given statistics, backward", still, 3, {.inputs = true, .weights = true});
  forward("ReLU", relu, 2);
  backward("ReLU, backward", relu, 3, {.inputs = true});
  forward("add", add, 3, 2);
  forward("max pool 3 × 3 / 2", pool, 1.25);
  forward("global average", average, 1);
  forward("dropout", dropout, 2);
}

inline void time_ops(Context<Cuda>& context, Index batch, int reps, double ceiling) {
  std::puts("| op | shape | ms | GB/s | of the copy |\n| --- | --- | --- | --- | --- |");
  for (const Shape& shape : {Shape{batch, 72, 72, 128}, Shape{batch, 36, 36, 256}, Shape{batch, 18, 18, 728},
                             Shape{batch, 9, 9, 728}})
    time_ops_of(context, shape, reps, ceiling);

  const Shape parameters{Index{20'861'480}};  // of Xception without top
  Tensor<Cuda> weights = filled(parameters), momentum(parameters), velocity(parameters);
  const Tensor<Cuda> gradient = filled(parameters);
  const double adam = milliseconds_a_call(context, reps, [&] {
    const ops::WeightUpdate<Cuda> all{
        parameters.elements(), 1e-5f, weights.data(), gradient.data(), {momentum.data(), velocity.data()}};
    ops::AdamKernel<Cuda>::update(context, {0.1f, 1e-3f, 1e-7f}, {&all, 1});
  });
  print_op("Adam", parameters, adam, 7 * double(parameters.elements()), ceiling);
  std::puts("");
}

}  // namespace tanuki::bench
