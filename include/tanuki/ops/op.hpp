#pragma once

// An op is one differentiable step: a shape check, a forward and a backward that call the backend's kernel.
// It holds its arguments and weight handles, what prepare() made of these, and nothing of a run.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tanuki/core/context.hpp"
#include "tanuki/core/random.hpp"
#include "tanuki/core/weight.hpp"

namespace tanuki::ops {

/// What forward() works on. All tensors carry the batch axis.
template <class B>
struct ForwardPass {
  Context<B>& context;
  std::span<const ConstTensorView<B>> inputs;
  TensorView<B>
      output;           ///< to be written whole; is inputs[0]'s memory where overwrites_input() and it may be
  TensorView<B> saved;  ///< what backward() gets back, a flat block of the size that saved() asked for
  Random random;        ///< this op's own stream in this step; see Random::per_example()
};

/// What backward() works on: it writes (not adds) each gradient whose view is not null.
template <class B>
struct BackwardPass {
  Context<B>& context;
  std::span<const ConstTensorView<B>> inputs;  ///< null where reads() did not ask for it
  ConstTensorView<B> output;                   ///< null where reads() did not ask for it
  ConstTensorView<B> gradient;                 ///< of the loss with respect to the output
  std::span<const TensorView<B>> input_gradients;
  std::span<const TensorView<B>> weight_gradients;  ///< in the order of weights()
  ConstTensorView<B> saved;
  Random random;  ///< the same as in forward()
};

/// Which gradients a backward is to give.
struct Wanted {
  bool inputs = false;   ///< of any input
  bool weights = false;  ///< of any weight
};

/// Which of forward's tensors a backward reads.
struct Reads {
  bool inputs = false;
  bool output = false;
};

/// Floats to keep from forward to backward: per_image times the batch, plus fixed.
struct Saved {
  Index per_image = 0;
  Index fixed = 0;
  bool for_commit = false;  ///< commit() reads it too
};

/// Memory that an op takes besides its arguments, in floats.
struct Workspace {
  Index kept = 0;  ///< what is derived from a weight
  const void* kept_of = nullptr;
  Index shared = 0;      ///< while it runs
  Index per_thread = 0;  ///< while it runs, for each thread
};

template <class B>
class Op {
 public:
  virtual ~Op() = default;

  /// Its name in messages: "conv2d".
  virtual std::string_view name() const = 0;

  /// What it does, in one line of a plan's description.
  virtual std::string describe() const { return std::string(name()); }

  /// The output's shape; all shapes without the batch axis. Throws Error where the inputs do not fit.
  virtual Shape output_shape(std::span<const Shape> inputs) const = 0;

  virtual std::vector<Weight<B>> weights() const { return {}; }

  /// Brings what is derived from the weights up to date. Called before forward() wherever weights may have
  /// changed since, and not while forward() or backward() runs.
  virtual void prepare(Context<B>& context) const { (void)context; }

  virtual void forward(const ForwardPass<B>& pass) const = 0;
  virtual void backward(const BackwardPass<B>& pass) const = 0;

  /// Called after a training step whose loss was finite: the place to move moving statistics.
  virtual void commit(const ForwardPass<B>& pass) const { (void)pass; }

  virtual Reads reads(Wanted wanted) const = 0;
  virtual Saved saved(std::span<const Shape> inputs) const { return (void)inputs, Saved{}; }

  /// For a batch of so many inputs; `wanted` is what its backward is to give. An estimate of what matters.
  virtual Workspace workspace(std::span<const Shape> inputs, Index batch, Wanted wanted) const {
    return (void)inputs, (void)batch, (void)wanted, Workspace{};
  }
  /// Each example's output, to the bit, follows from that example alone, so that forward() may be called for
  /// parts of a batch, by several threads at once. What it saves is then per image, image after image.
  virtual bool per_example() const { return false; }
  /// forward() may write its output over inputs[0], where both are of one size.
  virtual bool overwrites_input() const { return false; }
  /// backward() may write input_gradients[0] over the output's gradient, where both are of one size.
  virtual bool overwrites_gradient() const { return false; }
  /// The output is inputs[0]'s memory under another shape; forward() and backward() are never called.
  virtual bool is_view() const { return false; }
  /// Every input's gradient is the output's; backward() is never called.
  virtual bool passes_gradient() const { return false; }
  /// False: there is no backward(), for what lies below or for weights of its own.
  virtual bool differentiable() const { return true; }
};

}  // namespace tanuki::ops
