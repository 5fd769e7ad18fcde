#pragma once

// An optimizer's state beside a model's weights: optimizer/vars/0 … of model.weights.h5, in the order of Keras'
// optimizer.variables: iteration, learning_rate where it is no schedule, then AnyOptimizer::state(). A file of an optimizer
// that has done no step has the first two alone. (keras/src/optimizers/base_optimizer.py: save_own_variables,
// load_own_variables)

#include <iostream>

#include "tanuki/io/keras/hdf5.hpp"
#include "tanuki/optimizers/optimizer.hpp"

namespace tanuki::keras {

inline constexpr const char* optimizer_vars = "optimizer/vars";

/// From the datasets at `places` below `group`. As in Keras: where there are more or fewer of them than the optimizer has,
/// it starts anew, with a warning; a tensor of another shape is an Error.
template <class B>
void read_optimizer_state(const Hdf5File& file, const std::string& group,
                          const std::vector<std::string>& places, AnyOptimizer<B>& optimizer) {
  const std::size_t given = places.size();
  if (given == 0) return;
  const auto place = [&](std::size_t i) { return group + "/" + places[i]; };
  const std::size_t first = optimizer.learning_rate_source().is_schedule() ? 1 : 2;
  auto state = optimizer.state();
  if (given != first && given != first + state.size()) {
    std::cerr << "Warning: '" << file.name() << "' has " << given << " tensors of the optimizer "
              << optimizer.class_name() << ", expected " << first + state.size()
              << " for these trainable weights: the optimizer starts anew\n";
    return;
  }
  const auto read = [&](std::size_t i, const std::string& name, const Shape& shape) {
    Tensor<Cpu> value = file.read(place(i));
    if (!(value.shape() == shape)) {
      file.refuse(place(i), "the optimizer's '", name, "' has shape ", value.shape(), ", expected ", shape,
                  ": load with .compile = false");
    }
    if (!std::all_of(value.data(), value.data() + value.size(), [](float x) { return std::isfinite(x); }))
      file.refuse(place(i), "the optimizer's '", name, "' holds a number that is not finite");
    return value;
  };
  const std::int64_t iteration = file.integer(place(0));
  if (iteration < 0) file.refuse(place(0), "the optimizer's iteration is ", iteration);
  if (given > first) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      const auto value = read(first + i, state[i].name, state[i].value.shape());
      Memory<B>::from_host(state[i].value.data(), value.data(), std::size_t(value.size()));
    }
  }
  if (first == 2) optimizer.learning_rate(double(read(1, "learning_rate", Shape{}).data()[0]));
  optimizer.iterations(Index(iteration));
}

template <class B>
void read_optimizer_state(const Hdf5File& file, AnyOptimizer<B>& optimizer) {
  std::vector<std::string> places;
  for (std::size_t i = 0; i < file.children(optimizer_vars).size(); ++i) places.push_back(std::to_string(i));
  read_optimizer_state(file, optimizer_vars, places, optimizer);
}

/// `write(name, tensor)` and `write_integer(name, number)` make datasets.
template <class B, class Write, class WriteInteger>
void write_optimizer_state(AnyOptimizer<B>& optimizer, Write write, WriteInteger write_integer) {
  std::size_t i = 0;
  const auto place = [&] { return std::string(optimizer_vars) + "/" + std::to_string(i++); };
  write_integer(place(), optimizer.iterations());
  if (!optimizer.learning_rate_source().is_schedule()) {
    const float rate = float(optimizer.learning_rate());
    write(place(), Tensor<B>(Shape{}, std::span(&rate, 1)));
  }
  for (const auto& variable : optimizer.state()) write(place(), variable.value);
}

}  // namespace tanuki::keras
