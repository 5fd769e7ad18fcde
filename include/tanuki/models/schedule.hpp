#pragma once

// From a graph to an ordered list of what to run, and which buffer each tensor lies in. Time runs through the
// forward steps, the loss, and the backward steps; a buffer lives from its first writer to its last reader.
//   - Steps that no output needs are dropped.
//   - The frontier: a step has a backward only if a trainable weight lies at or below it; what only steps
//     without a backward read is not kept.
//   - An op that may write over its input does so where nothing reads the input later; so with gradients.
//   - Forward runs segment by segment (segments.hpp). A buffer that only one segment uses is `local`: it holds
//     the images that are under way, once a thread. The others live as long as the segments that use them run.

#include <map>
#include <set>
#include <utility>

#include "tanuki/models/memory_layout.hpp"
#include "tanuki/models/segments.hpp"
#include "tanuki/ops/graph.hpp"

namespace tanuki {

/// A buffer of a schedule; -1 for none.
using BufferId = int;
inline constexpr BufferId no_buffer = -1;

struct ForwardStep {
  std::size_t step;  ///< index into the graph's steps
  BufferId saved = no_buffer;
};

/// sum = a + b, for a value or weight that gets more than one gradient.
struct GradientSum {
  Shape shape;
  BufferId a, b, sum;
  bool per_image;  ///< false: a weight's gradient
};

struct BackwardStep {
  std::size_t step;
  BufferId saved = no_buffer;
  ops::Reads reads;
  BufferId gradient = no_buffer;
  std::vector<BufferId> input_gradients;   ///< no_buffer: not wanted
  std::vector<BufferId> weight_gradients;  ///< in the order of the op's weights()
  std::vector<GradientSum> sums;           ///< afterwards
};

/// What to run. Buffers 0 … inputs-1 are the caller's own input tensors.
template <class B>
class Schedule {
 public:
  /// `trainable` empty: inference, nothing is kept and there is no backward. Without `depth_first` every step
  /// takes the whole batch.
  Schedule(const ops::Graph<B>& graph, const std::vector<int>& outputs, std::span<const Weight<B>> trainable,
           bool depth_first = true)
      : graph_(graph), outputs_(outputs) {
    for (const auto& weight : trainable) trainable_.insert(weight.id());
    find_live_steps();
    find_wanted();
    find_last_reads();
    place_values();
    if (!trainable.empty()) place_gradients();
    cut_segments(depth_first);
  }

  const std::vector<ForwardStep>& forward() const { return forward_; }
  const std::vector<BackwardStep>& backward() const { return backward_; }
  /// All buffers; one that is local to a segment takes no memory in here.
  const std::vector<BufferLife>& buffers() const { return buffers_; }
  const std::vector<Segment>& segments() const { return segments_; }
  /// The segment that a buffer is local to; -1 for none.
  int local_to(BufferId buffer) const { return local_[std::size_t(buffer)]; }
  /// The local buffers of a segment as lay_out takes them; those of others take no memory.
  std::vector<BufferLife> local_buffers(int segment) const {
    auto lives = all_buffers_;
    for (std::size_t i = 0; i < lives.size(); ++i) {
      if (local_[i] != segment) lives[i] = {};
    }
    return lives;
  }
  /// What the ops take besides the buffers: what they keep in all, and the largest of what they work in.
  ops::Workspace workspace(Index batch) const {
    ops::Workspace all;
    std::set<std::pair<const void*, Index>>
        kept;  // packed once in each form however many steps share the weights
    for (std::size_t k = 0; k < forward_.size(); ++k) {
      const auto& s = step(k);
      const auto mine = s.op->workspace(input_shapes(s), batch, wanted_[k]);
      if (mine.kept_of && kept.insert({mine.kept_of, mine.kept}).second) all.kept += mine.kept;
      all.shared = std::max(all.shared, mine.shared);
      all.per_thread = std::max(all.per_thread, mine.per_thread);
    }
    return all;
  }
  BufferId value(int id) const { return value_buffer_[std::size_t(id)]; }
  /// The buffer that the loss writes its gradient for this value to; no_buffer where nothing below is
  /// trained.
  BufferId output_gradient(int id) const {
    const auto found = output_gradient_.find(id);
    return found == output_gradient_.end() ? no_buffer : found->second;
  }
  /// The weights that get a gradient, in `trainable`'s terms: those that a live step uses, and their buffers.
  const std::map<const void*, BufferId>& weight_gradients() const { return weight_gradient_; }

 private:
  using Step = typename ops::Graph<B>::Step;

  const Step& step(std::size_t position) const { return graph_.steps()[forward_[position].step]; }
  int loss_time() const { return int(forward_.size()); }
  int backward_time(std::size_t position) const { return 2 * loss_time() - int(position); }
  int end_time() const { return 2 * loss_time() + 1; }

  std::vector<Shape> input_shapes(const Step& step) const { return graph_.input_shapes(step); }

  BufferId add_buffer(Index per_image, Index fixed, int first, int last) {
    buffers_.push_back({per_image, fixed, first, last});
    return BufferId(buffers_.size()) - 1;
  }
  void use(BufferId buffer, int time) {
    auto& last = buffers_[std::size_t(buffer)].last;
    last = std::max(last, time);
  }

  void find_live_steps() {
    std::set<int> needed(outputs_.begin(), outputs_.end());
    for (std::size_t i = graph_.steps().size(); i-- > 0;) {
      const auto& step = graph_.steps()[i];
      if (!needed.count(step.output)) continue;
      needed.insert(step.inputs.begin(), step.inputs.end());
      forward_.push_back({i});
    }
    std::reverse(forward_.begin(), forward_.end());
  }

  void find_wanted() {
    needs_gradient_.assign(std::size_t(graph_.values()), false);
    for (std::size_t k = 0; k < forward_.size(); ++k) {
      const auto& s = step(k);
      ops::Wanted wanted;
      for (int input : s.inputs) wanted.inputs |= needs_gradient_[std::size_t(input)];
      for (const auto& w : s.op->weights()) wanted.weights |= trainable_.count(w.id()) != 0;
      if ((wanted.inputs || wanted.weights) && !s.op->differentiable()) {
        fail("in '", s.path, "': [", s.op->name(),
             "] has no gradient, but trainable weights lie at or below it");
      }
      wanted_.push_back(wanted);
      needs_gradient_[std::size_t(s.output)] = wanted.inputs || wanted.weights;
    }
  }
  bool has_backward(std::size_t k) const { return wanted_[k].inputs || wanted_[k].weights; }
  /// Views and sums hand their gradient on without running anything.
  static bool runs_backward(const Step& s) { return !s.op->is_view() && !s.op->passes_gradient(); }

  void find_last_reads() {
    last_read_.assign(std::size_t(graph_.values()), -1);
    const auto read = [&](int value, int time) {
      auto& last = last_read_[std::size_t(value)];
      last = std::max(last, time);
    };
    for (std::size_t k = 0; k < forward_.size(); ++k) {
      const auto& s = step(k);
      const bool backward = has_backward(k) && runs_backward(s);
      const ops::Reads reads = backward ? s.op->reads(wanted_[k]) : ops::Reads{};
      for (int input : s.inputs) read(input, reads.inputs ? backward_time(k) : int(k));
      read(s.output, reads.output ? backward_time(k) : int(k));
    }
    for (int output : outputs_) read(output, end_time());
  }

  void place_values() {
    value_buffer_.assign(std::size_t(graph_.values()), no_buffer);
    for (int input : graph_.inputs()) value_buffer_[std::size_t(input)] = add_buffer(0, 0, 0, end_time());
    for (std::size_t k = 0; k < forward_.size(); ++k) {
      const auto& s = step(k);
      const BufferId source = value_buffer_[std::size_t(s.inputs[0])];
      const int last = last_read_[std::size_t(s.output)];
      auto& target = value_buffer_[std::size_t(s.output)];
      if (s.op->is_view() || (s.op->overwrites_input() && buffers_[std::size_t(source)].last <= int(k) &&
                              graph_.shape(s.inputs[0]).elements() == graph_.shape(s.output).elements())) {
        target = source;
      } else {
        target = add_buffer(graph_.shape(s.output).elements(), 0, int(k), last);
      }
      use(target, last);
      const auto shapes = input_shapes(s);
      if (const auto saved = s.op->saved(shapes); has_saved(saved) && (saved.for_commit || has_backward(k))) {
        const int last_use = saved.for_commit ? end_time() : backward_time(k);
        forward_[k].saved = add_buffer(saved.per_image, saved.fixed, int(k), last_use);
      }
    }
  }
  static bool has_saved(const ops::Saved& saved) { return saved.per_image > 0 || saved.fixed > 0; }

  void place_gradients() {
    gradient_.assign(std::size_t(graph_.values()), no_buffer);
    producer_.assign(std::size_t(graph_.values()), -1);
    for (std::size_t k = 0; k < forward_.size(); ++k) producer_[std::size_t(step(k).output)] = int(k);
    for (int output : outputs_) {
      if (!needs_gradient_[std::size_t(output)] || output_gradient_.count(output)) continue;
      output_gradient_[output] =
          give(output, add_buffer(graph_.shape(output).elements(), 0, loss_time(), loss_time()));
    }
    for (std::size_t k = forward_.size(); k-- > 0;) {
      if (has_backward(k)) place_backward(k);
    }
  }

  BufferId give(int value, BufferId buffer) { return gradient_[std::size_t(value)] = buffer; }

  /// True where `buffer` is the gradient of a value other than `but`, whose producer's backward comes after
  /// step k's.
  bool awaited(BufferId buffer, std::size_t k, int but) const {
    for (std::size_t value = 0; value < gradient_.size(); ++value) {
      if (int(value) != but && gradient_[value] == buffer && producer_[value] >= 0 &&
          producer_[value] < int(k))
        return true;
    }
    return false;
  }

  void place_backward(std::size_t k) {
    const auto& s = step(k);
    const int time = backward_time(k);
    const BufferId gradient = gradient_[std::size_t(s.output)];
    use(gradient, time);
    BackwardStep back{forward_[k].step, forward_[k].saved, s.op->reads(wanted_[k]), gradient, {}, {}, {}};
    const bool runs = runs_backward(s);
    for (std::size_t i = 0; i < s.inputs.size(); ++i) {
      const int input = s.inputs[i];
      back.input_gradients.push_back(no_buffer);
      if (!needs_gradient_[std::size_t(input)]) continue;
      BufferId mine = gradient;
      if (runs) {
        const bool over = i == 0 && s.op->overwrites_gradient() && !awaited(gradient, k, s.output) &&
                          graph_.shape(input).elements() == graph_.shape(s.output).elements();
        if (!over) mine = add_buffer(graph_.shape(input).elements(), 0, time, time);
        back.input_gradients.back() = mine;
      }
      add_value_gradient(k, input, mine, back);
    }
    if (runs) add_weight_gradients(s, time, back);
    if (runs || !back.sums.empty()) backward_.push_back(std::move(back));
  }

  void add_value_gradient(std::size_t k, int input, BufferId mine, BackwardStep& back) {
    const int time = backward_time(k);
    const BufferId before = gradient_[std::size_t(input)];
    if (before == no_buffer) {
      give(input, mine);
      return;
    }
    const Shape& shape = graph_.shape(input);
    // This step's own output gradient may still be wanted for a later input.
    const bool shared = before == back.gradient || awaited(before, k, input);
    const BufferId sum = shared ? add_buffer(shape.elements(), 0, time, time) : before;
    use(before, time);
    use(mine, time);
    back.sums.push_back({shape, before, mine, sum, true});
    give(input, sum);
  }

  void add_weight_gradients(const Step& s, int time, BackwardStep& back) {
    for (const auto& w : s.op->weights()) {
      back.weight_gradients.push_back(no_buffer);
      if (!trainable_.count(w.id())) continue;
      auto& total = weight_gradient_.try_emplace(w.id(), no_buffer).first->second;
      const BufferId mine = add_buffer(0, w.shape().elements(), time, total == no_buffer ? end_time() : time);
      back.weight_gradients.back() = mine;
      if (total == no_buffer) {
        total = mine;
      } else {
        back.sums.push_back({w.shape(), total, mine, total, false});
      }
    }
  }

  void cut_segments(bool depth_first) {
    std::vector<StepSize> sizes;
    for (std::size_t k = 0; k < forward_.size(); ++k) {
      const auto& s = step(k);
      Index floats = s.op->is_view() ? 0 : graph_.shape(s.output).elements();
      for (int input : s.inputs) floats += graph_.shape(input).elements();
      sizes.push_back({floats, depth_first && s.op->per_example()});
    }
    segments_ = find_segments(sizes);
    all_buffers_ = buffers_;
    local_.assign(buffers_.size(), -1);
    for (std::size_t i = graph_.inputs().size(); i < buffers_.size(); ++i) {
      auto& [per_image, fixed, first, last] = buffers_[i];
      for (std::size_t s = 0; s < segments_.size(); ++s) {
        const int begin = int(segments_[s].begin), end = int(segments_[s].end) - 1;
        if (segments_[s].images == 0) continue;
        if (first >= begin && last <= end && fixed == 0) {
          local_[i] = int(s);
          per_image = 0;
        }
        // Other images may be anywhere in the segment.
        if (first >= begin && first <= end) first = begin;
        if (last >= begin && last <= end) last = end;
      }
    }
  }

  const ops::Graph<B>& graph_;
  std::vector<int> outputs_;
  std::set<const void*> trainable_;
  std::vector<ForwardStep> forward_;
  std::vector<ops::Wanted> wanted_;
  std::vector<bool> needs_gradient_;
  std::vector<int> last_read_, producer_;
  std::vector<BufferLife> buffers_, all_buffers_;
  std::vector<Segment> segments_;
  std::vector<int> local_;
  std::vector<BufferId> value_buffer_, gradient_;
  std::map<int, BufferId> output_gradient_;
  std::map<const void*, BufferId> weight_gradient_;
  std::vector<BackwardStep> backward_;
};

}  // namespace tanuki
