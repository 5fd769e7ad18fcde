#pragma once

// A graph made ready to run: rewritten by the fusion rules, scheduled over one arena of planned memory. Plans of
// one model share its weights and what is derived from them, and nothing else. A plan is used by one thread at a
// time.

#include <chrono>
#include <functional>

#include "tanuki/models/replays.hpp"
#include "tanuki/models/rewrite.hpp"
#include "tanuki/models/schedule.hpp"
#include "tanuki/ops/accumulate.hpp"

namespace tanuki {

struct PlanOptions {
  FusionRules fusion = {};
  bool depth_first = true;                       ///< see segments.hpp
  std::optional<DtypePolicy> dtype_policy = {};  ///< instead of each layer's own
};

enum class PlanPart { prepare, forward, backward };

template <class B>
class Plan {
 public:
  /// A plan that gives `outputs` (value ids). With `trainable` weights it can run backward to these.
  Plan(ops::Graph<B> graph, std::vector<int> outputs, std::vector<Weight<B>> trainable = {},
       const PlanOptions& options = {})
      : graph_(std::make_unique<ops::Graph<B>>(std::move(graph))),
        outputs_(std::move(outputs)),
        schedule_(rewritten(*graph_, outputs_, trainable, options), outputs_, trainable,
                  options.depth_first && Context<B>::depth_first) {
    for (const auto& weight : trainable) {
      if (schedule_.weight_gradients().count(weight.id())) trainable_.push_back(weight);
    }
    for (std::size_t i = 0; i < schedule_.forward().size(); ++i) {
      if (schedule_.forward()[i].saved != no_buffer) commits_.push_back(i);
    }
    const auto turn = [&](std::size_t i) -> auto& {
      return graph_->steps()[schedule_.forward()[i].step].turn;
    };
    std::stable_sort(commits_.begin(), commits_.end(), [&](auto a, auto b) { return turn(a) < turn(b); });
  }

  /// Bytes that the plan takes for batches of up to `batch` examples on so many threads: activations, gradients, on a GPU a
  /// copy of the inputs, and what the ops need to work, packed weights among it. The model's weights are not in it.
  Index memory_needed(Index batch, Index threads = default_context<B>().threads()) const {
    const Layouts layouts(schedule_, batch, threads);
    const ops::Workspace space = schedule_.workspace(batch);
    const Index floats = layouts.shared.size + space.kept + space.shared + kept_of_inputs(batch);
    return (floats + threads * (layouts.local_size + space.per_thread)) * Index(sizeof(float));
  }

  /// What is done, and in how much memory; defined in models/plan_description.hpp.
  std::string describe(Index batch = 32, Index threads = default_context<B>().threads()) const;

  /// Runs the network on a batch. `inputs` carry the batch axis and must stay until backward() is done (on a GPU they are
  /// copied); the outputs stay valid until the next run. Throws Error, naming the layer, for what cannot be run.
  std::vector<ConstTensorView<B>> forward(Context<B>& context, std::span<const ConstTensorView<B>> inputs,
                                          Random random = {}) {
    bind(inputs, context.workers());
    random_ = random;
    again(context, PlanPart::prepare, [&] {
      for (const auto& run : schedule_.forward()) graph_->steps()[run.step].op->prepare(context);
    });
    again(context, PlanPart::forward, [&] {
      for (const auto& segment : schedule_.segments()) run_segment(context, segment);
    });
    std::vector<ConstTensorView<B>> outputs;
    for (int output : outputs_) outputs.push_back(value(output, whole()));
    return outputs;
  }

  /// Where the loss writes its gradient for output i; null where nothing below it is trained.
  TensorView<B> output_gradient(std::size_t i) {
    return view(schedule_.output_gradient(outputs_[i]), graph_->shape(outputs_[i]).with_batch(batch_));
  }

  /// From the output gradients to those of the trainable weights.
  void backward(Context<B>& context) {
    again(context, PlanPart::backward, [&] {
      for (const auto& run : schedule_.backward()) {
        const auto& step = graph_->steps()[run.step];
        guarded(step, true, [&] { run_backward(context, run, step); });
      }
    });
  }

  /// Lets ops move their statistics after a good training step, in Keras' order: two calls of one layer move the same.
  void commit(Context<B>& context) {
    for (const std::size_t i : commits_) {
      const auto& run = schedule_.forward()[i];
      std::vector<ConstTensorView<B>> values;
      graph_->steps()[run.step].op->commit(forward_pass(context, run, whole(), values));
    }
  }

  using Step = typename ops::Graph<B>::Step;

  /// For measuring: called after each step, or its backward, with the seconds that it took and the threads that
  /// worked on it. Where each thread runs its own images, it is called by each.
  using Observer = std::function<void(const Step& step, bool backward, double seconds, int threads)>;
  void observe(Observer observer) { observer_ = std::move(observer); }
  bool is_observed() const { return bool(observer_); }

  /// The trainable weights that the outputs depend on, and after backward() their gradients.
  const std::vector<Weight<B>>& trainable_weights() const { return trainable_; }
  std::vector<TensorView<B>> weight_gradients() {
    std::vector<TensorView<B>> gradients;
    for (const auto& weight : trainable_) {
      gradients.push_back(view(schedule_.weight_gradients().at(weight.id()), weight.shape()));
    }
    return gradients;
  }

  const ops::Graph<B>& graph() const { return *graph_; }
  const std::vector<int>& outputs() const { return outputs_; }
  const Schedule<B>& schedule() const { return schedule_; }

 private:
  /// Runs `work`; an Error from it gets the layer's path in front.
  template <class Work>
  void guarded(const Step& step, bool backward, Work&& work) {
    using Clock = std::chrono::steady_clock;
    const auto begin = observer_ ? Clock::now() : Clock::time_point();
    try {
      work();
    } catch (const Error& error) {
      throw Error("in '" + step.path + "': " + error.what());
    }
    if (observer_) {
      const std::chrono::duration<double> seconds = Clock::now() - begin;
      observer_(step, backward, seconds.count(), ThreadPool::in_task() ? 1 : int(threads_));
    }
  }

  /// A part of what is done with each batch. Steps that are measured are done one by one.
  template <class Work>
  void again(Context<B>& context, PlanPart part, Work&& work) {
    if (observer_)
      work();
    else
      replays_.run(context, part, batch_, work);
  }

  /// The images of a batch that a step works on, and where the local buffers of its thread lie.
  struct Images {
    Index first, count;
    float* local;
  };
  Images whole() const { return {0, batch_, nullptr}; }

  /// Where everything lies for batches of up to so many images.
  struct Layouts {
    MemoryLayout shared;
    std::vector<MemoryLayout> local;  ///< one a segment, for the images that one thread has under way
    std::vector<Index> images;        ///< under way at a time, in each segment
    Index local_size = 0;             ///< floats a thread

    Layouts() = default;
    Layouts(const Schedule<B>& schedule, Index batch, Index threads)
        : shared(lay_out(schedule.buffers(), batch)) {
      for (std::size_t s = 0; s < schedule.segments().size(); ++s) {
        images.push_back(images_at_a_time(schedule.segments()[s], batch, threads));
        // A smaller batch may have more images under way, up to this.
        const Index most = std::min(schedule.segments()[s].images, (batch + threads - 1) / threads);
        local.push_back(lay_out(schedule.local_buffers(int(s)), most));
        local_size = std::max(local_size, local.back().size);
      }
    }
  };
  static Index images_at_a_time(const Segment& segment, Index batch, Index threads) {
    if (segment.images == 0) return batch;
    // As many groups as every thread gets the same number of.
    const Index rounds = (batch + segment.images * threads - 1) / (segment.images * threads);
    return (batch + rounds * threads - 1) / (rounds * threads);
  }

  static const ops::Graph<B>& rewritten(ops::Graph<B>& graph, const std::vector<int>& outputs,
                                        const std::vector<Weight<B>>& trainable, const PlanOptions& options) {
    rewrite<B>(graph, outputs, trainable, options.fusion, options.dtype_policy);
    return graph;
  }

  void bind(std::span<const ConstTensorView<B>> inputs, Index threads) {
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
    if (batch_ > capacity_ || threads != threads_) {
      const Index capacity = std::max(capacity_, batch_);
      Layouts layouts(schedule_, capacity, threads);
      const Index size = layouts.shared.size + threads * layouts.local_size;
      if (arena_.size() < size || capacity > capacity_) {
        capacity_ = 0;  // stays so where there is no room
        make_room(size, capacity, threads);
      }
      layouts_ = std::move(layouts);
      capacity_ = capacity;
      threads_ = threads;
    }
    inputs_.assign(inputs.begin(), inputs.end());
    if constexpr (Context<B>::asynchronous) keep_in_place();
  }

  /// Floats of the copies.
  Index kept_of_inputs(Index batch) const {
    Index floats = 0;
    for (const int input : graph_->inputs()) floats += graph_->shape(input).elements() * batch;
    return Context<B>::asynchronous ? floats : 0;
  }

  /// The inputs are copied to where those of the batches before were: what is launched again is then the same.
  void keep_in_place() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      Memory<B>::copy(kept_inputs_[i].data(), inputs_[i].data, std::size_t(inputs_[i].size()));
      inputs_[i].data = kept_inputs_[i].data();
    }
  }

  /// For an arena of `size` floats and the copies of the inputs. Where there is none, an Error that says how large a batch may be.
  void make_room(Index size, Index batch, Index threads) {
    kept_inputs_.clear();
    try {
      if (arena_.size() < size) {
        arena_ = Buffer<B>();
        arena_ = Buffer<B>(size);
      }
      if constexpr (Context<B>::asynchronous) {
        for (const int input : graph_->inputs())
          kept_inputs_.emplace_back(graph_->shape(input).elements() * batch);
      }
    } catch (const Error& error) {
      arena_ = Buffer<B>();
      kept_inputs_.clear();
      const std::optional<Index> free = Memory<B>::free_bytes();
      if (!free) throw;
      Index fits = 0;
      for (Index step = batch; step > 0; step /= 2) {  // fits < batch
        while (fits + step < batch && memory_needed(fits + step, threads) <= *free) fits += step;
      }
      fail(error.what(), ", for a batch of ", batch, "; the largest that fits is ", fits,
           !schedule_.backward().empty() && fits > 0 ? ", as batch_size or micro_batch_size" : "");
    }
  }

  void run_segment(Context<B>& context, const Segment& segment) {
    const Index images = images_at_a_time(segment, batch_, threads_), groups = (batch_ + images - 1) / images;
    auto run_group = [&](Index group, int thread) {
      const Index first = group * images;
      const Images which{first, std::min(images, batch_ - first),
                         arena_.data() + layouts_.shared.size + thread * layouts_.local_size};
      std::vector<ConstTensorView<B>> values;
      for (std::size_t k = segment.begin; k < segment.end; ++k) {
        const auto& run = schedule_.forward()[k];
        const auto& step = graph_->steps()[run.step];
        if (step.op->is_view()) continue;
        guarded(step, false, [&] { step.op->forward(forward_pass(context, run, which, values)); });
      }
    };
    if (groups >= threads_) {
      context.parallel(groups, run_group);
    } else {  // the threads share each step's work
      for (Index group = 0; group < groups; ++group) run_group(group, 0);
    }
  }

  /// Of the images from number `first` on, as far as the buffer has images.
  float* data(BufferId buffer, const Images& which) {
    const int segment = schedule_.local_to(buffer);
    if (segment >= 0 && !which.local) return nullptr;  // only its shape is wanted
    if (segment >= 0) return which.local + layouts_.local[std::size_t(segment)].offsets[std::size_t(buffer)];
    return arena_.data() + layouts_.shared.offsets[std::size_t(buffer)] +
           which.first * schedule_.buffers()[std::size_t(buffer)].per_image;
  }
  TensorView<B> view(BufferId buffer, const Shape& shape) { return view(buffer, shape, whole()); }
  TensorView<B> view(BufferId buffer, const Shape& shape, const Images& which) {
    return buffer == no_buffer ? TensorView<B>{nullptr, shape} : TensorView<B>{data(buffer, which), shape};
  }
  ConstTensorView<B> value(int id, const Images& which) {
    const BufferId buffer = schedule_.value(id);
    const Shape& shape = graph_->shape(id);
    if (buffer < BufferId(inputs_.size())) {
      return {inputs_[std::size_t(buffer)].data + which.first * shape.elements(),
              shape.with_batch(which.count)};
    }
    return view(buffer, shape.with_batch(which.count), which);
  }
  TensorView<B> saved(BufferId buffer) { return saved(buffer, whole()); }
  TensorView<B> saved(BufferId buffer, const Images& which) {
    if (buffer == no_buffer) return {};
    const auto& life = schedule_.buffers()[std::size_t(buffer)];
    return view(buffer, {life.per_image * which.count + life.fixed}, which);
  }
  Random random(std::size_t step) const {
    const auto& run = graph_->steps()[step];
    return random_.fork(hash(run.path)).fork(run.number);
  }

  ops::ForwardPass<B> forward_pass(Context<B>& context, const ForwardStep& run, const Images& which,
                                   std::vector<ConstTensorView<B>>& values) {
    const auto& step = graph_->steps()[run.step];
    values.clear();
    for (int input : step.inputs) values.push_back(value(input, which));
    const Shape shape = graph_->shape(step.output).with_batch(which.count);
    Random mine = random(run.step);
    mine.example += std::uint64_t(which.first);
    return {context, values, view(schedule_.value(step.output), shape, which), saved(run.saved, which), mine};
  }

  void run_backward(Context<B>& context, const BackwardStep& run, const Step& step) {
    if (!step.op->is_view() && !step.op->passes_gradient()) {
      std::vector<ConstTensorView<B>> values;
      std::vector<TensorView<B>> input_gradients, weight_gradients;
      for (std::size_t i = 0; i < step.inputs.size(); ++i) {
        const auto input = value(step.inputs[i], whole());
        values.push_back(run.reads.inputs ? input : ConstTensorView<B>{nullptr, input.shape});
        input_gradients.push_back(view(run.input_gradients[i], input.shape));
      }
      const auto weights = step.op->weights();
      for (std::size_t i = 0; i < weights.size(); ++i) {
        weight_gradients.push_back(view(run.weight_gradients[i], weights[i].shape()));
      }
      auto output = value(step.output, whole());
      const auto gradient = view(run.gradient, output.shape);
      if (!run.reads.output) output.data = nullptr;
      step.op->backward({context, values, output, gradient, input_gradients, weight_gradients,
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
  std::vector<std::size_t> commits_;  // the forward runs that have something to commit, in order
  Layouts layouts_;
  Buffer<B> arena_;
  Index capacity_ = 0, threads_ = 0, batch_ = 0;
  Random random_;
  Observer observer_;
  std::vector<ConstTensorView<B>> inputs_;
  std::vector<Buffer<B>> kept_inputs_;  ///< see keep_in_place()
  Replays<B, PlanPart> replays_;
};

}  // namespace tanuki
