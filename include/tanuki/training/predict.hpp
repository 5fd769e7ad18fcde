#pragma once

// model.predict(): the network in inference mode over many examples. Several threads may call it for one model at once, while
// none trains, evaluates or changes it: each gets the bits that it would get alone.

#include <list>

#include "tanuki/models/model.hpp"
#include "tanuki/training/host.hpp"

namespace tanuki {

struct PredictOptions {
  Index batch_size = 32;
};

/// A tensor for each input, with the batch axis; gives a tensor for each output, of all examples in order. Throws Error
/// where the shapes do not fit, or the tensors are not equally many examples.
template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const std::vector<Tensor<Cpu>>& x,
                                               const PredictOptions& options) const {
  std::vector<const Tensor<Cpu>*> pointers;
  for (const auto& tensor : x) pointers.push_back(&tensor);
  return predict_all(pointers, options);
}

template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const std::vector<Tensor<Cpu>>& x) const {
  return predict_all(x, {});
}

template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const std::vector<const Tensor<Cpu>*>& x,
                                               const PredictOptions& options) const {
  if (options.batch_size < 1) fail("[predict] batch_size is ", options.batch_size, ", expected at least 1");
  if (x.size() != inputs().size())
    fail("[predict] '", this->name(), "' has ", inputs().size(), " inputs, ", x.size(), " were given");
  for (std::size_t i = 0; i < x.size(); ++i) check_batch(x[i]->shape(), 0, i);
  const Index count = x[0]->shape()[0];
  for (const auto* tensor : x) {
    if (tensor->shape()[0] != count)
      fail("[predict] inputs ", x[0]->shape(), " and ", tensor->shape(), " are not equally many examples");
  }
  const Random random{random_seed(), hash("predict")};  // for what is called with training = true
  std::vector<Tensor<Cpu>> results;
  for (const auto& output : outputs()) results.emplace_back(output.shape().with_batch(count));
  const auto plan = network().plans.lease([&] { return make_inference_plan(); });
  const auto inputs_from = [&](Index first) {
    std::list<OnDevice<B>> inputs;
    const Index batch = std::min(options.batch_size, count - first);
    for (const auto* tensor : x) {
      if (batch > 0) inputs.emplace_back(*tensor, first, batch);
    }
    return inputs;
  };
  std::list<OnDevice<B>> inputs;
  for (Index first = 0; first < count; first += options.batch_size) {
    if (inputs.empty()) inputs = inputs_from(first);
    std::vector<ConstTensorView<B>> views;
    for (const auto& input : inputs) views.push_back(input.view());
    const auto values = plan->forward(default_context<B>(), views, random.fork(std::uint64_t(first)));
    std::list<OnDevice<B>> next;
    try {  // on their way to a GPU while it works
      next = inputs_from(first + options.batch_size);
    } catch (const Error&) {  // there may be room when these are gone
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      float* to = results[i].data() + first * outputs()[i].shape().elements();
      Memory<B>::to_host(to, values[i].data, std::size_t(values[i].size()));
    }
    inputs = std::move(next);
  }
  return results;
}

/// The same for a model of one input and one output.
template <class B>
Tensor<Cpu> Model<B>::predict(const Tensor<Cpu>& x, const PredictOptions& options) const {
  if (outputs().size() != 1)
    fail("[predict] '", this->name(), "' has ", outputs().size(),
         " outputs, expected one: use predict_all()");
  if (inputs().size() != 1)
    fail("[predict] '", this->name(), "' has ", inputs().size(), " inputs, expected one: use predict_all()");
  return std::move(predict_all(std::vector<const Tensor<Cpu>*>{&x}, options)[0]);
}

template <class B>
Tensor<Cpu> Model<B>::predict(const Tensor<Cpu>& x) const {
  return predict(x, {});
}

}  // namespace tanuki
