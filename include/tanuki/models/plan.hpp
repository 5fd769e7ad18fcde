#pragma once

// A graph made ready to run: its schedule over one arena of planned memory. Plans of one model share its
// weights and nothing else. A plan is used by one thread at a time.

#include "tanuki/models/schedule.hpp"
#include "tanuki/ops/accumulate.hpp"

namespace tanuki {

template <class B>
class Plan {
 public:
  /// A plan that gives `outputs` (value ids). With `trainable` weights it can run backward to these.
  Plan(ops::Graph<B> graph, std::vector<int> outputs, std::vector<Weight<B>> trainable = {})
      : graph_(std::make_unique<ops::Graph<B>>(std::move(graph))),
        outputs_(std::move(outputs)),
        schedule_(*graph_, outputs_, trainable) {
    for (const auto& weight : trainable) {
      if (schedule_.weight_gradients().count(weight.id())) trainable_.push_back(weight);
    }
  }

  /// Bytes of the arena for batches of up to `batch` examples.
  Index memory_needed(Index batch) const {
    return lay_out(schedule_.buffers(), batch).size * Index(sizeof(float));
  }

  /// Runs the network on a batch. `inputs` carry the batch axis and must stay until backward() is done; the
  /// outputs stay valid until the next run. Throws Error, naming the layer, for what cannot be run.
  std::vector<ConstTensorView<B>> forward(Context<B>& context, std::span<const ConstTensorView<B>> inputs,
                                          Random random = {}) {
    bind(inputs);
    random_ = random;
    for (const auto& run : schedule_.forward()) {
      const auto& step = graph_->steps()[run.step];
      if (!step.op->is_view()) guarded(step, [&] { step.op->forward(forward_pass(context, run)); });
    }
    std::vector<ConstTensorView<B>> outputs;
    for (int output : outputs_) outputs.push_back(value(output));
    return outputs;
  }

  /// Where the loss writes its gradient for output i; null where nothing below it is trained.
  TensorView<B> output_gradient(std::size_t i) {
    return view(schedule_.output_gradient(outputs_[i]), graph_->shape(outputs_[i]).with_batch(batch_));
  }

  /// From the output gradients to those of the trainable weights.
  void backward(Context<B>& context) {
    for (const auto& run : schedule_.backward()) {
      const auto& step = graph_->steps()[run.step];
      guarded(step, [&] { run_backward(context, run, step); });
    }
  }

  /// Lets ops move their statistics after a good training step.
  void commit(Context<B>& context) {
    for (const auto& run : schedule_.forward()) {
      if (run.saved != no_buffer) graph_->steps()[run.step].op->commit(forward_pass(context, run));
    }
  }

  /// The trainable weights that the outputs depend on, and after backward() their gradients.
  const std::vector<Weight<B>>& trainable_weights() const { return trainable_; }
  std::vector<ConstTensorView<B>> weight_gradients() {
    std::vector<ConstTensorView<B>> gradients;
    for (const auto& weight : trainable_) {
      gradients.push_back(view(schedule_.weight_gradients().at(weight.id()), weight.shape()));
    }
    return gradients;
  }

  const ops::Graph<B>& graph() const { return *graph_; }
  const Schedule<B>& schedule() const { return schedule_; }

 private:
  /// Runs `work`; an Error from it gets the layer's path in front.
  template <class Work>
  static void guarded(const typename ops::Graph<B>::Step& step, Work&& work) {
    try {
      work();
    } catch (const Error& error) {
      throw Error("in '" + step.path + "': " + error.what());
    }
  }

  void bind(std::span<const ConstTensorView<B>> inputs) {
    const auto& expected = graph_->inputs();
    if (inputs.size() != expected.size()) {
      fail("the model takes ", expected.size(), " inputs, ", inputs.size(), " were given");
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Shape& given = inputs[i].shape;
      const Index batch = i ? batch_ : given.rank() ? given[0] : 0;
      const Shape wanted = graph_->shape(expected[i]).with_batch(batch);
      if (batch < 1 || !(given == wanted)) {
        fail("input ", i, " of the model has shape ", given, ", expected ", wanted);
      }
      batch_ = batch;
    }
    if (batch_ > capacity_) {
      layout_ = lay_out(schedule_.buffers(), batch_);
      arena_ = Buffer<B>();
      arena_ = Buffer<B>(layout_.size);
      capacity_ = batch_;
    }
    inputs_.assign(inputs.begin(), inputs.end());
  }

  float* data(BufferId buffer) { return arena_.data() + layout_.offsets[std::size_t(buffer)]; }
  TensorView<B> view(BufferId buffer, const Shape& shape) {
    return buffer == no_buffer ? TensorView<B>{nullptr, shape} : TensorView<B>{data(buffer), shape};
  }
  ConstTensorView<B> value(int id) {
    const BufferId buffer = schedule_.value(id);
    const Shape shape = graph_->shape(id).with_batch(batch_);
    if (buffer < BufferId(inputs_.size())) return {inputs_[std::size_t(buffer)].data, shape};
    return view(buffer, shape);
  }
  TensorView<B> saved(BufferId buffer) {
    if (buffer == no_buffer) return {};
    const auto& life = schedule_.buffers()[std::size_t(buffer)];
    return view(buffer, {life.per_image * batch_ + life.fixed});
  }
  Random random(std::size_t step) const { return random_.fork(hash(graph_->steps()[step].path)).fork(step); }

  ops::ForwardPass<B> forward_pass(Context<B>& context, const ForwardStep& run) {
    const auto& step = graph_->steps()[run.step];
    values_.clear();
    for (int input : step.inputs) values_.push_back(value(input));
    const Shape shape = graph_->shape(step.output).with_batch(batch_);
    return {context, values_, view(schedule_.value(step.output), shape), saved(run.saved), random(run.step)};
  }

  void run_backward(Context<B>& context, const BackwardStep& run, const typename ops::Graph<B>::Step& step) {
    if (!step.op->is_view() && !step.op->passes_gradient()) {
      values_.clear();
      std::vector<TensorView<B>> input_gradients, weight_gradients;
      for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        const auto input = value(step.inputs[i]);
        values_.push_back(run.reads.inputs ? input : ConstTensorView<B>{nullptr, input.shape});
        input_gradients.push_back(view(run.input_gradients[i], input.shape));
      }
      const auto weights = step.op->weights();
      for (std::size_t i = 0; i < weights.size(); ++i) {
        weight_gradients.push_back(view(run.weight_gradients[i], weights[i].shape()));
      }
      auto output = value(step.output);
      const auto gradient = view(run.gradient, output.shape);
      if (!run.reads.output) output.data = nullptr;
      step.op->backward({context, values_, output, gradient, input_gradients, weight_gradients,
                         saved(run.saved), random(run.step)});
    }
    for (const auto& sum : run.sums) {
      const Shape shape = sum.per_image ? sum.shape.with_batch(batch_) : sum.shape;
      ops::AccumulateKernel<B>::sum(context, view(sum.a, shape), view(sum.b, shape), view(sum.sum, shape));
    }
  }

  std::unique_ptr<ops::Graph<B>> graph_;  // at a fixed address: the schedule refers to it
  std::vector<int> outputs_;
  Schedule<B> schedule_;
  std::vector<Weight<B>> trainable_;
  MemoryLayout layout_;
  Buffer<B> arena_;
  Index capacity_ = 0, batch_ = 0;
  Random random_;
  std::vector<ConstTensorView<B>> inputs_, values_;
};

}  // namespace tanuki
