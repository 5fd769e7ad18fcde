#pragma once

// Elementwise losses on the CPU: a formula gives a number's loss and slope, one loop does the rest.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/element_loss.hpp"

namespace tanuki::ops {

template <>
struct ElementLossKernel<Cpu> {
  static LossSum run(Context<Cpu>& context, ElementLoss kind, const ElementLossArguments& arguments,
                     const LossPass<Cpu>& pass) {
    const auto with = [&](auto formula) { return sum(context, pass, AsTheyAre{}, formula); };
    switch (kind) {
      case ElementLoss::squared_error:
        return with([](float p, float y) { return Point{(p - y) * (p - y), 2 * (p - y)}; });
      case ElementLoss::absolute_error:
        return with([](float p, float y) { return Point{std::abs(p - y), sign(p - y)}; });
      case ElementLoss::absolute_percentage_error:
        return with([](float p, float y) {
          const float scale = std::max(std::abs(y), epsilon);
          return Point{100 * std::abs((y - p) / scale), 100 * sign(p - y) / scale};
        });
      case ElementLoss::squared_logarithmic_error:
        return with([](float p, float y) {
          const float q = std::max(p, epsilon) + 1, e = std::log(q) - std::log(std::max(y, epsilon) + 1);
          return Point{p == p ? e * e : p, p >= epsilon ? 2 * e / q : 0};
        });
      case ElementLoss::huber:
        return with([delta = float(arguments.delta)](float p, float y) {
          const float e = p - y, size = std::abs(e);
          if (size <= delta) return Point{0.5f * e * e, e};
          return Point{delta * size - 0.5f * delta * delta, delta * sign(e)};
        });
      case ElementLoss::log_cosh:
        return with([](float p, float y) {
          const float e = p - y, size = std::abs(e);  // log_cosh(-e) is the same
          return Point{size + std::log1p(std::exp(-2 * size)) - 0.69314718f, std::tanh(e)};
        });
      case ElementLoss::poisson:
        return with([](float p, float y) {
          return Point{p - y * std::log(p + epsilon), 1 - y / (p + epsilon)};
        });
      case ElementLoss::hinge:
      case ElementLoss::squared_hinge: {
        const bool binary = std::all_of(pass.labels.data, pass.labels.data + pass.labels.size(),
                                        [](float y) { return y == 0 || y == 1; });
        return with([binary, squared = kind == ElementLoss::squared_hinge](float p, float y) {
          if (binary) y = 2 * y - 1;
          const float lack = 1 - y * p;
          if (lack < 0) return Point{0, 0};
          return squared ? Point{lack * lack, -2 * y * lack} : Point{lack, -y};
        });
      }
      case ElementLoss::binary_crossentropy: {
        const Smoothed labels(arguments.label_smoothing);
        if (arguments.from_logits) return sum(context, pass, labels, of_logit);
        return sum(context, pass, labels, of_probability);
      }
      case ElementLoss::binary_focal_crossentropy:
        return sum(context, pass, Smoothed(arguments.label_smoothing), Focal(arguments));
    }
    return {};
  }

 private:
  static constexpr float epsilon = 1e-7f;

  struct Point {
    float loss, slope;
  };

  static float sign(float x) { return x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f; }

  struct AsTheyAre {
    float operator()(float y) const { return y; }
    bool good(float) const { return true; }
  };
  struct Smoothed {
    explicit Smoothed(double smoothing) : keep(float(1.0 - smoothing)), spread(float(0.5 * smoothing)) {}
    float operator()(float y) const { return y * keep + spread; }
    bool good(float y) const { return y >= 0 && y <= 1; }
    float keep, spread;
  };

  static Point of_logit(float z, float y) {
    const float e = std::exp(-std::abs(z));  // at most 1, so nothing overflows
    return {std::max(z, 0.0f) - z * y + std::log1p(e), sigmoid(z, e) - y};
  }
  static float sigmoid(float z, float e) { return z >= 0 ? 1 / (1 + e) : e / (1 + e); }

  static Point of_probability(float p, float y) {
    constexpr float low = epsilon, high = float(1.0 - 1e-7);
    const float q = p < low ? low : p > high ? high : p;  // keeps a NaN
    const bool clipped = p < low || p > high;
    return {-(y * std::log(q) + (1 - y) * std::log(1 - q)), clipped ? 0.0f : (1 - y) / (1 - q) - y / q};
  }

  struct Focal {
    explicit Focal(const ElementLossArguments& arguments)
        : from_logits(arguments.from_logits),
          balanced(arguments.balanced),
          alpha(float(arguments.alpha)),
          gamma(float(arguments.gamma)) {}

    Point operator()(float x, float y) const {
      const float p = from_logits ? sigmoid(x, std::exp(-std::abs(x))) : x;
      const Point plain = from_logits ? of_logit(x, y) : of_probability(x, y);
      const float rest = 1 - (y * p + (1 - y) * (1 - p));
      const float factor = std::pow(rest, gamma);
      const float slope = gamma != 0 ? gamma * std::pow(rest, gamma - 1) * (1 - 2 * y) : 0;
      const float share = balanced ? y * alpha + (1 - y) * (1 - alpha) : 1;
      return {share * factor * plain.loss,
              share * (factor * plain.slope + plain.loss * slope * (from_logits ? p * (1 - p) : 1))};
    }

    bool from_logits, balanced;
    float alpha, gamma;
  };

  template <class Labels, class Formula>
  static LossSum sum(Context<Cpu>& context, const LossPass<Cpu>& pass, Labels labels, Formula formula) {
    const Index count = pass.predictions.size();
    if (count == 0) return {};
    const Index columns = pass.predictions.shape.rank() > 1 ? pass.predictions.shape.back() : 1;
    const Index stride = pass.weights ? count / pass.weights.size() : count;  // numbers a weight
    const float scale = pass.factor / float(columns);
    LossSum total = eigen::block_sum<LossSum>(context, count, 1 << 14, [=](Index first, Index last) {
      LossSum block;
      for (Index i = first; i < last;) {
        const Index end = std::min(last, (i / stride + 1) * stride);
        const float weight = pass.weights ? pass.weights.data[i / stride] : 1.0f;
        double part = 0;
        for (; i < end; ++i) {
          const float y = pass.labels.data[i];
          if (!labels.good(y) && block.bad_label < 0) block.bad_label = i;
          const Point point = formula(pass.predictions.data[i], labels(y));
          part += double(point.loss);
          if (pass.gradient) pass.gradient.data[i] = point.slope * scale * weight;
        }
        block.sum += part * double(weight);
      }
      return block;
    });
    total.sum /= double(columns);
    return total;
  }
};

}  // namespace tanuki::ops
