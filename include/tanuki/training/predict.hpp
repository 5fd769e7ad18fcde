#pragma once

// model.predict(): the network in inference mode over many examples.

#include "tanuki/models/model.hpp"
#include "tanuki/training/host.hpp"

namespace tanuki {

struct PredictOptions {
  Index batch_size = 32;
};

/// `x` with the batch axis; gives the outputs of all examples, in order. Throws Error where the shape does
/// not fit, and for a model with several inputs or outputs.
template <class B>
Tensor<Cpu> Model<B>::predict(const Tensor<Cpu>& x, const PredictOptions& options) const {
  if (options.batch_size < 1) fail("[predict] batch_size is ", options.batch_size, ", expected at least 1");
  if (outputs().size() != 1)
    fail("[predict] '", this->name(), "' has ", outputs().size(), " outputs, expected one");
  if (inputs().size() != 1)
    fail("[predict] '", this->name(), "' has ", inputs().size(), " inputs, expected one");
  check_batch(x.shape(), 0);
  const Index count = x.shape()[0];
  const Shape out = outputs()[0].shape();
  const Random random{random_seed(), hash("predict")};  // for what is called with training = true
  Tensor<Cpu> result(out.with_batch(count));
  for (Index first = 0; first < count; first += options.batch_size) {
    const Index batch = std::min(options.batch_size, count - first);
    const OnDevice<B> images(x, first, batch);
    const auto input = images.view();
    const auto output = inference_plan().forward(default_context<B>(), std::span(&input, 1),
                                                 random.fork(std::uint64_t(first)))[0];
    Memory<B>::to_host(result.data() + first * out.elements(), output.data, std::size_t(output.size()));
  }
  return result;
}

template <class B>
Tensor<Cpu> Model<B>::predict(const Tensor<Cpu>& x) const {
  return predict(x, {});
}

}  // namespace tanuki
