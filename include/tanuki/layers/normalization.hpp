#pragma once

// (x - mean) / max(sqrt(variance), 1e-7) for each channel, the last axis. Mean and variance are given, and
// there are no weights; or adapt() finds them, and there are three, which are never trained: mean
// (channels,), variance (channels,), count (), which Keras keeps for old files and leaves at 0.
// (keras/src/layers/preprocessing/normalization.py)

#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"
#include "tanuki/ops/normalize.hpp"

namespace tanuki {

struct NormalizationOptions {
  Index axis = -1;  ///< the last one
  PerChannel mean = {};
  PerChannel variance = {};
  std::string name = {};
};

template <class B = Cpu>
class Normalization final : public LayerOf<Normalization<B>, B> {
 public:
  explicit Normalization(NormalizationOptions options = {})
      : LayerOf<Normalization<B>, B>("Normalization", options.name), options_(std::move(options)) {
    if (options_.mean.size() != options_.variance.size()) {
      fail("in '", this->name(), "': mean has ", options_.mean.size(), " numbers, variance ",
           options_.variance.size(), ": expected both or neither");
    }
    if (!options_.mean.finite() || !options_.variance.finite() || options_.variance.negative())
      fail("in '", this->name(),
           "': expected finite numbers for mean, and finite ones of at least 0 for variance");
  }

  /// Finds mean and population variance of each channel of `data` (which has a batch axis).
  void adapt(const Tensor<B>& data) const {
    if (given()) fail("in '", this->name(), "': adapt() has nothing to do: mean and variance were given");
    if (data.shape().rank() < 2 || data.size() == 0) {
      fail("in '", this->name(), "': adapt() with ", data.shape(), ", expected (batch, …, channels)");
    }
    this->build(data.shape().without_batch());
    const Index channels = data.shape().back(), rows = data.size() / channels;
    if (!(this->weight("mean").shape() == Shape{channels})) {
      fail("in '", this->name(), "': adapt() with ", data.shape(), ", but the layer was built for ",
           this->weight("mean").shape().elements(), " channels");
    }
    const std::vector<float> values = data.to_vector();
    std::vector<float> mean, variance;
    for (Index c = 0; c < channels; ++c) {
      const auto average = [&](auto term) {
        double sum = 0;
        for (Index row = 0; row < rows; ++row) sum += term(double(values[std::size_t(row * channels + c)]));
        return sum / double(rows);
      };
      const double center = average([](double value) { return value; });
      mean.push_back(float(center));
      variance.push_back(float(average([&](double value) { return (value - center) * (value - center); })));
    }
    for (Index c = 0; c < channels; ++c) {
      if (!std::isfinite(variance[std::size_t(c)]))
        fail("in '", this->name(), "': adapt() finds no finite mean and variance of channel ", c);
    }
    this->weight("mean").assign(Tensor<B>({channels}, mean));
    this->weight("variance").assign(Tensor<B>({channels}, variance));
  }

 private:
  bool given() const { return !options_.mean.empty(); }

  void do_build(const Shape& input) const override {
    const Index channels = last_axis(options_.axis, input);
    if (given()) return;
    this->add_weight("mean", {channels}, zeros(), Role::state);
    this->add_weight("variance", {channels}, ones(), Role::state);
    this->add_weight("count", {}, zeros(), Role::state);
  }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    if (!given()) return ops::normalize(x, this->weight("mean"), this->weight("variance"));
    const Index channels = last_axis(options_.axis, x.shape());
    const auto constant_weight = [&](std::string name, const PerChannel& numbers) {
      const auto expanded = numbers.expand(channels, name);
      return Weight<B>(std::move(name), Role::state, Tensor<B>({channels}, expanded));
    };
    const auto mean = constant_weight("mean", options_.mean);
    return ops::normalize(x, mean, constant_weight("variance", options_.variance));
  }

  NormalizationOptions options_;
};

}  // namespace tanuki
