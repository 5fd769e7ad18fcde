#pragma once

// What every loss must pass: Keras' goldens, finite differences, the same bits on any number of threads.

#include <catch2/catch.hpp>
#include <cmath>

#include "tanuki/core/random.hpp"
#include "tanuki/io/safetensors.hpp"
#include "tanuki/losses/loss.hpp"

namespace tanuki::tests {

inline Tensor<> golden(const std::string& file, const std::string& name) {
  static std::map<std::string, SafetensorsFile> files;
  const auto* entry =
      files.try_emplace(file, std::string(TANUKI_GOLDENS) + "/" + file).first->second.find(name);
  INFO(name);
  REQUIRE(entry);
  return entry->tensor();
}

/// Uniform in [low, high).
inline Tensor<> random_tensor(const Shape& shape, float low, float high, std::uint64_t stream = 1) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) {
    tensor.data()[i] = Random{7, stream}.uniform(std::uint64_t(i), low, high);
  }
  return tensor;
}

inline float largest(const Tensor<>& tensor) {
  float value = 0;
  for (Index i = 0; i < tensor.size(); ++i) value = std::max(value, std::abs(tensor.data()[i]));
  return value;
}

/// Every number to within `relative` of the larger of itself and `floor`.
inline void check_near(const Tensor<>& value, const Tensor<>& expected, float relative, float floor = 0) {
  REQUIRE(value.shape() == expected.shape());
  for (Index i = 0; i < value.size(); ++i) {
    INFO("number " << i << ": " << value.data()[i] << ", expected " << expected.data()[i]);
    const float scale = std::max(std::abs(expected.data()[i]), floor);
    CHECK(std::abs(value.data()[i] - expected.data()[i]) <= relative * scale);
  }
}

inline float loss_of(const AnyLoss<Cpu>& loss, const Tensor<>& labels, const Tensor<>& predictions) {
  return loss(default_context<Cpu>(), labels.view(), predictions.view());
}

inline Tensor<> gradient_of(const AnyLoss<Cpu>& loss, const Tensor<>& labels, const Tensor<>& predictions) {
  Tensor<> gradient = random_tensor(predictions.shape(), -9, 9);  // must be overwritten, not added to
  loss(default_context<Cpu>(), labels.view(), predictions.view(), gradient.view());
  return gradient;
}

inline void check_loss_golden(const std::string& name, const AnyLoss<Cpu>& loss) {
  INFO(name);
  const auto get = [&](const char* what) { return golden("losses.safetensors", name + "/" + what); };
  const Tensor<> labels = get("y_true"), predictions = get("y_pred");
  check_near(Tensor<>({}, {loss_of(loss, labels, predictions)}), get("value"), 1e-6f);
  const Tensor<> expected = get("grad");
  check_near(gradient_of(loss, labels, predictions), expected, 2e-6f, 0.05f * largest(expected));
}

inline void check_loss_gradient(const AnyLoss<Cpu>& loss, const Tensor<>& labels,
                                const Tensor<>& predictions) {
  const Tensor<> gradient = gradient_of(loss, labels, predictions);
  Tensor<> measured(gradient.shape()), moved = predictions;
  constexpr float step = 1.0f / 256;  // exact in float
  for (Index i = 0; i < moved.size(); ++i) {
    const float here = moved.data()[i];
    moved.data()[i] = here + step;
    const double above = double(loss_of(loss, labels, moved));
    moved.data()[i] = here - step;
    const double below = double(loss_of(loss, labels, moved));
    measured.data()[i] = float((above - below) / (2 * double(step)));
    moved.data()[i] = here;
  }
  check_near(gradient, measured, 2e-3f, largest(gradient));
}

inline void check_same_on_any_threads(const AnyLoss<Cpu>& loss, const Tensor<>& labels,
                                      const Tensor<>& predictions) {
  Context<Cpu> one(1), three(3);
  Tensor<> a(predictions.shape()), b(predictions.shape());
  CHECK(loss(one, labels.view(), predictions.view(), a.view()) ==
        loss(three, labels.view(), predictions.view(), b.view()));
  CHECK(a.to_vector() == b.to_vector());
}

}  // namespace tanuki::tests
