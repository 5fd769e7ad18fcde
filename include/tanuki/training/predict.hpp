#pragma once

// model.predict(): the network in inference mode over many examples. Several threads may call it for one model at once, while
// none trains, evaluates or changes it: each gets the bits that it would get alone.

#include <list>

#include "tanuki/models/model.hpp"
#include "tanuki/training/batches.hpp"
#include "tanuki/training/host.hpp"

namespace tanuki {

struct PredictOptions {
  Index batch_size = 32;  ///< for tensors; a Dataset is batched already
  Index steps = 0;        ///< batches of a Dataset to take at most; 0: all
};

/// A tensor for each input, with the batch axis; gives a tensor for each output, of all examples in order. Throws Error
/// where the shapes do not fit, or the tensors are not equally many examples.
template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const std::vector<Tensor<Cpu>>& x,
                                               const PredictOptions& options) const {
  return predict_tensors(pointers(x), options);
}

template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const std::vector<Tensor<Cpu>>& x) const {
  return predict_all(x, {});
}

/// `done`: examples that came before these.
template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_tensors(const std::vector<const Tensor<Cpu>*>& x,
                                                   const PredictOptions& options, Index done) const {
  if (options.steps != 0) fail("[predict] steps is for datasets, tensors were given");
  const Index batch_size = options.batch_size;
  if (batch_size < 1) fail("[predict] batch_size is ", batch_size, ", expected at least 1");
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
    const Index batch = std::min(batch_size, count - first);
    for (const auto* tensor : x) {
      if (batch > 0) inputs.emplace_back(*tensor, first, batch);
    }
    return inputs;
  };
  std::list<OnDevice<B>> inputs;
  for (Index first = 0; first < count; first += batch_size) {
    if (inputs.empty()) inputs = inputs_from(first);
    std::vector<ConstTensorView<B>> views;
    for (const auto& input : inputs) views.push_back(input.view());
    const auto values = plan->forward(default_context<B>(), views, random.fork(std::uint64_t(done + first)));
    std::list<OnDevice<B>> next;
    try {  // on their way to a GPU while it works
      next = inputs_from(first + batch_size);
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

/// The same of what is in `data` (batched), whose labels are left aside. Throws Error, naming the batch, for what does not fit.
template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const Dataset& data, const PredictOptions& options) const {
  if (options.steps < 0) fail("[predict] steps is ", options.steps, ", expected 0 or more");
  if (options.steps == 0 && data.cardinality() == infinite_cardinality)
    fail("[predict] the dataset never ends: expected steps");
  const DatasetBatches source(data);
  std::vector<TensorList> parts(outputs().size());
  Index batches = 0, examples = 0;
  try {
    const auto pass = source.iterate(0);
    for (; options.steps == 0 || batches < options.steps; ++batches) {
      const Batch* const batch = pass->next();
      if (!batch) break;
      check_batch(*batch);
      auto results = predict_tensors(batch->x, {.batch_size = batch->size()}, examples);
      for (std::size_t i = 0; i < results.size(); ++i) parts[i].push_back(std::move(results[i]));
      examples += batch->size();
    }
  } catch (const std::exception& error) {
    fail_in("[predict] batch " + std::to_string(batches + 1) + ": ", error);
  }
  std::vector<Tensor<Cpu>> all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    float* to =
        all.emplace_back(Tensor<Cpu>::uninitialized(outputs()[i].shape().with_batch(examples))).data();
    for (const auto& part : parts[i]) to = std::copy(part.data(), part.data() + part.size(), to);
    parts[i].clear();
  }
  return all;
}

template <class B>
std::vector<Tensor<Cpu>> Model<B>::predict_all(const Dataset& data) const {
  return predict_all(data, {});
}

template <class B>
void Model<B>::check_one_output() const {
  if (outputs().size() == 1) return;
  fail("[predict] '", this->name(), "' has ", outputs().size(), " outputs, expected one: use predict_all()");
}

/// For a model of one output.
template <class B>
Tensor<Cpu> Model<B>::predict(const Dataset& data, const PredictOptions& options) const {
  check_one_output();
  return std::move(predict_all(data, options)[0]);
}

template <class B>
Tensor<Cpu> Model<B>::predict(const Dataset& data) const {
  return predict(data, {});
}

/// For a model of one input and one output.
template <class B>
Tensor<Cpu> Model<B>::predict(const Tensor<Cpu>& x, const PredictOptions& options) const {
  check_one_output();
  if (inputs().size() != 1)
    fail("[predict] '", this->name(), "' has ", inputs().size(), " inputs, expected one: use predict_all()");
  return std::move(predict_tensors({&x}, options)[0]);
}

template <class B>
Tensor<Cpu> Model<B>::predict(const Tensor<Cpu>& x) const {
  return predict(x, {});
}

}  // namespace tanuki
