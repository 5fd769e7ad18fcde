// Losses, metrics and optimizers against the CPU.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_losses {

using test::apart;
using test::numbers;

struct Outcome {
  ops::LossSum sum;
  std::vector<float> gradient;
};

/// `weights` empty: none.
template <class B, class Run>
Outcome loss_on(const Run& run, const Shape& shape, const std::vector<float>& labels,
                const Shape& label_shape, const std::vector<float>& predictions,
                const std::vector<float>& weights) {
  Context<B> context;
  const Tensor<B> y(label_shape, labels), p(shape, predictions), w({Index(weights.size())}, weights);
  Tensor<B> gradient = test::poisoned<B>(shape);
  const ops::LossPass<B> pass{y.view(), p.view(), weights.empty() ? ConstTensorView<B>{} : w.view(),
                              gradient.view(), 0.25f};
  Outcome outcome{Later<ops::LossSum>(run.template operator()<B>(context, pass)).get(), {}};
  outcome.gradient = gradient.to_vector();
  return outcome;
}

template <class Run>
void check_loss(const Run& run, const Shape& shape, const std::vector<float>& labels,
                const Shape& label_shape, const std::vector<float>& predictions) {
  for (const bool weighted : {false, true}) {
    const auto weights = weighted ? numbers(shape[0], 3, 0, 2) : std::vector<float>{};
    const Outcome given = loss_on<Cuda>(run, shape, labels, label_shape, predictions, weights);
    const Outcome expected = loss_on<Cpu>(run, shape, labels, label_shape, predictions, weights);
    CHECK(given.sum.sum == Approx(expected.sum.sum).epsilon(1e-5));
    CHECK(given.sum.bad_label == expected.sum.bad_label);
    CHECK(apart(given.gradient, expected.gradient) < 5e-6);
  }
}

std::vector<float> zeros_and_ones(Index count) {
  auto labels = numbers(count, 9);
  for (float& y : labels) y = y > 0 ? 1.0f : 0.0f;
  return labels;
}

TEST_CASE("elementwise losses on the GPU are those of the CPU") {
  const Shape shape{7, 5, 11};
  for (int kind = 0; kind <= int(ops::ElementLoss::binary_focal_crossentropy); ++kind) {
    for (const bool logits : {false, true}) {
      INFO("kind " << kind << " logits " << logits);
      const ops::ElementLossArguments is{.delta = 0.4,
                                         .from_logits = logits,
                                         .label_smoothing = 0.1,
                                         .balanced = true,
                                         .alpha = 0.3,
                                         .gamma = 1.5};
      const auto run = [&]<class B>(Context<B>& context, const ops::LossPass<B>& pass) {
        return ops::ElementLossKernel<B>::run(context, ops::ElementLoss(kind), is, pass);
      };
      const float low = logits ? -2.0f : 0.05f, high = logits ? 2.0f : 0.95f;
      const auto p = numbers(shape.elements(), 1, kind < 9 ? 0.05f : low, kind < 9 ? 0.95f : high);
      check_loss(run, shape, zeros_and_ones(shape.elements()), shape, p);
      if (kind < 9) check_loss(run, shape, numbers(shape.elements(), 2, 0.1f, 3), shape, p);
    }
  }
}

TEST_CASE("the first label out of range is found on the GPU") {
  const Shape shape{700};
  const auto run = []<class B>(Context<B>& context, const ops::LossPass<B>& pass) {
    return ops::ElementLossKernel<B>::run(context, ops::ElementLoss::binary_crossentropy,
                                          {.from_logits = true}, pass);
  };
  auto labels = zeros_and_ones(700);
  labels[650] = 2, labels[301] = -1;
  const Outcome found = loss_on<Cuda>(run, shape, labels, shape, numbers(700, 1), {});
  CHECK(found.sum.bad_label == 301);
}

TEST_CASE("losses of rows on the GPU are those of the CPU") {
  const Shape shape{7, 3, 11};
  const Index rows = 21, classes = 11;
  for (int kind = 0; kind <= int(ops::RowLoss::cosine_similarity); ++kind) {
    for (const bool logits : {false, true}) {
      INFO("kind " << kind << " logits " << logits);
      ops::RowLossArguments is{.from_logits = logits, .label_smoothing = 0.1, .alpha = 0.3, .gamma = 1.5};
      const bool sparse = ops::RowLoss(kind) == ops::RowLoss::sparse_categorical_crossentropy;
      if (sparse) is.ignore_class = 4;
      const auto run = [&]<class B>(Context<B>& context, const ops::LossPass<B>& pass) {
        return ops::RowLossKernel<B>::run(context, ops::RowLoss(kind), is, pass);
      };
      const auto p = logits ? numbers(rows * classes, 1, -3, 3) : numbers(rows * classes, 1, 0.02f, 1);
      std::vector<float> classes_of;
      for (Index row = 0; row < rows; ++row) classes_of.push_back(row == 17 ? 11.0f : float(row * 5 % 11));
      std::vector<float> one_hot(std::size_t(rows * classes), 0.0f);
      for (Index row = 0; row < rows; ++row) one_hot[std::size_t(row * classes + row * 5 % 11)] = 1;
      if (sparse) {
        check_loss(run, shape, classes_of, {7, 3}, p);
      } else {
        check_loss(run, shape, one_hot, shape, p);
      }
    }
  }
}

TEST_CASE("Dice and Tversky on the GPU are those of the CPU") {
  const auto run = []<class B>(Context<B>& context, const ops::LossPass<B>& pass) {
    return ops::LossSum{ops::OverlapLossKernel<B>::run(context, {1, 0.2, 0.5, 0.3}, pass)};
  };
  const Shape shape{7, 5, 11};
  check_loss(run, shape, zeros_and_ones(shape.elements()), shape, numbers(shape.elements(), 1, 0, 1));
}

TEST_CASE("matches are counted on the GPU as on the CPU") {
  const Shape shape{9, 7};
  const auto scores = numbers(63, 1), one_hot = numbers(63, 2), weights = numbers(9, 3, 0, 2);
  std::vector<float> classes;
  for (int i = 0; i < 9; ++i) classes.push_back(float(i % 8));  // 7 is no class
  const auto counts = [&]<class B>() {
    using Kernel = ops::AccuracyKernel<B>;
    Context<B> context;
    const Tensor<B> p(shape, scores), hot(shape, one_hot), number({9}, classes), w({9}, weights);
    const Tensor<B> binary(shape, zeros_and_ones(63));
    std::vector<Later<double>> found;
    for (const auto& weight : {ConstTensorView<B>{}, w.view()}) {
      found.push_back(Kernel::equal(context, binary.view(), binary.view(), weight));
      found.push_back(Kernel::binary(context, 0.1f, binary.view(), p.view(), weight));
      found.push_back(Kernel::categorical(context, hot.view(), p.view(), weight));
      found.push_back(Kernel::sparse(context, number.view(), p.view(), weight));
      for (Index k : {1, 3, 20}) {
        found.push_back(Kernel::top_k(context, k, false, number.view(), p.view(), weight));
        found.push_back(Kernel::top_k(context, k, true, hot.view(), p.view(), weight));
      }
    }
    std::vector<double> numbers_found;
    for (const auto& count : found) numbers_found.push_back(count.get());
    return numbers_found;
  };
  const auto given = counts.operator()<Cuda>(), expected = counts.operator()<Cpu>();
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(given[i] == Approx(expected[i]));
}

/// Three updates of a weight and its slots.
template <class B, class Step>
std::vector<std::vector<float>> updated(std::size_t slots, const Step& step) {
  Context<B> context;
  Tensor<B> weight({7, 101}, numbers(707, 1));
  std::vector<Tensor<B>> kept;
  for (std::size_t i = 0; i < slots; ++i) kept.emplace_back(weight.shape(), numbers(707, 10 + i, 0.1f, 1));
  // The variance that is left by a centered RMSprop must not be negative.
  if (slots == 3) Memory<B>::zero(kept[2].data(), 707);
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Tensor<B> gradient({7, 101}, numbers(707, 20 + i));
    ops::WeightUpdate<B> update{707, 0.01f, weight.data(), gradient.data()};
    for (std::size_t s = 0; s < slots; ++s) update.slots[s] = kept[s].data();
    step(context, ops::WeightUpdates<B>(&update, 1));
  }
  std::vector<std::vector<float>> all{weight.to_vector()};
  for (auto& slot : kept) all.push_back(slot.to_vector());
  return all;
}

template <template <class> class Kernel, class Step>
void check_updates(std::size_t slots, const Step& step) {
  const auto run = [&]<class B>(Context<B>& context, ops::WeightUpdates<B> updates) {
    Kernel<B>::update(context, step, updates);
  };
  const auto given = updated<Cuda>(slots, run), expected = updated<Cpu>(slots, run);
  for (std::size_t i = 0; i < given.size(); ++i) CHECK(apart(given[i], expected[i]) < 2e-6);
}

TEST_CASE("optimizers on the GPU move weights as on the CPU") {
  check_updates<ops::SgdKernel>(0, ops::SgdStep{0, false});
  check_updates<ops::SgdKernel>(1, ops::SgdStep{0.9f, false});
  check_updates<ops::SgdKernel>(1, ops::SgdStep{0.9f, true});
  for (const std::size_t slots : {2u, 3u})
    check_updates<ops::AdamKernel>(slots, ops::AdamStep{0.1f, 0.001f, 1e-7f});
  check_updates<ops::AdadeltaKernel>(2, ops::AdadeltaStep{0.95f, 0.05f, 1e-7f});
  check_updates<ops::AdagradKernel>(1, ops::AdagradStep{1e-7f});
  check_updates<ops::AdamaxKernel>(2, ops::AdamaxStep{0.1f, 0.999f, 0.3f, 1e-7f});
  check_updates<ops::NadamKernel>(2, ops::NadamStep{0.1f, 0.001f, 0.9f, 0.2f, 0.1f, 0.3f, 0.01f, 1e-7f});
  for (const std::size_t slots : {1u, 2u, 3u})
    check_updates<ops::RmspropKernel>(slots, ops::RmspropStep{0.9f, 0.1f, 1e-7f, 0.5f});
}

TEST_CASE("what is done to weights and gradients besides is done on the GPU as on the CPU") {
  const auto all = []<class B>() {
    Context<B> context;
    std::vector<std::vector<float>> found;
    Tensor<B> w({7, 5, 20}, numbers(700, 1)), y({7, 5, 20}), one({7, 5, 20}, numbers(700, 2));
    std::vector<float> sums;
    ops::ClipKernel<B>::scale(context, w.view(), 0.3f, 0.7f, y.view());
    found.push_back(y.to_vector());
    const ops::WeightUpdate<B> bounded{700, 0, y.data(), w.data()};
    for (const bool together : {false, true}) {
      const auto scales = ops::ClipKernel<B>::scales(context, 0.3f, together, {&bounded, 1});
      ops::ClipKernel<B>::scale(context, scales, 0, {&bounded, 1});
      found.push_back(y.to_vector());
    }
    ops::ClipKernel<B>::clamp(context, 0.4f, {&bounded, 1});
    found.push_back(y.to_vector());
    ops::AccumulateKernel<B>::add(context, {&bounded, 1});
    ops::AccumulateKernel<B>::divide(context, 3, {&bounded, 1});
    found.push_back(y.to_vector());
    const Later<double> penalty =
        ops::RegularizeKernel<B>::run(context, {.l1 = 0.1f, .l2 = 0.2f}, w.view(), y.view());
    sums.push_back(float(penalty.get()));
    found.push_back(y.to_vector());
    const ops::WeightUpdate<B> average{700, 0.5f, y.data(), one.data()};
    ops::MovingAverageKernel<B>::update(context, 0.9f, {&average, 1});
    ops::WeightDecayKernel<B>::apply(context, 0.1f, {&average, 1});
    found.push_back(y.to_vector());
    ops::AccumulateKernel<B>::clear(context, {&average, 1});
    found.push_back(y.to_vector());
    const ops::NormTarget target{.unit = false, .min = 0.5f, .max = 1, .rate = 0.8f, .rest = 0.2f};
    for (const auto& axes :
         {std::vector<std::size_t>{2}, std::vector<std::size_t>{0, 1}, std::vector<std::size_t>{1}}) {
      ops::ConstrainKernel<B>::norm(context, ops::AxisRows(w.shape(), axes, "norm"), target, w.view());
      found.push_back(w.to_vector());
    }
    ops::ConstrainKernel<B>::norm(context, ops::AxisRows(w.shape(), {2}, "norm"), {.unit = true}, w.view());
    found.push_back(w.to_vector());
    ops::ConstrainKernel<B>::non_negative(context, w.view());
    found.push_back(w.to_vector());
    found.push_back(sums);
    return found;
  };
  const auto given = all.operator()<Cuda>(), expected = all.operator()<Cpu>();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(i);
    CHECK(apart(given[i], expected[i]) < 2e-6);
  }
}

TEST_CASE("the first tensor that is not finite is found on the GPU") {
  Context<Cuda> context;
  std::vector<float> values = numbers(1000, 1);
  const Tensor<Cuda> good({1000}, values);
  values[777] = INFINITY;
  const Tensor<Cuda> bad({1000}, values);
  values[777] = NAN;
  const Tensor<Cuda> worse({1000}, values);
  const auto first = [&](std::vector<ConstTensorView<Cuda>> views) {
    return ops::first_not_finite<Cuda>(context, views).get();
  };
  CHECK(first({good.view(), {}, bad.view(), worse.view()}) == 2);
  CHECK(first({worse.view(), good.view()}) == 0);
  CHECK(first({good.view(), {}}) == 2);
}

TEST_CASE("arithmetic, permutations, normalisations and groups on the GPU are those of the CPU") {
  for (int kind = 0; kind <= int(ops::Arithmetic::minimum); ++kind) {
    const auto make = [&]<class B>() { return ops::ArithmeticOp<B>(ops::Arithmetic(kind)); };
    test::check_parity(make, {{{3, 5, 7}, 0.5f, 2}, {{3, 5, 7}, 0.5f, 2}});
    test::check_parity(make, {{{3, 5, 1}, 0.5f, 2}, {{3, 5, 7}, 0.5f, 2}});
    test::check_parity(make, {{{3, 4, 5, 7}, 0.5f, 2}, {{3, 7}, 0.5f, 2}});
  }
  test::check_parity(
      []<class B>() {
        return ops::Permute<B>({2, 0, 1});
      },
      {{{3, 4, 5, 7}}}, {.tolerance = 0});
  for (const bool invert : {false, true}) {
    const auto make = [&](std::vector<Index> map) {
      test::check_parity(
          [&]<class B>() {
            return ops::Normalize<B>(test::weight<B>({{5}}, 1, Role::state),
                                     test::weight<B>({{5}, 0.1f, 2}, 2, Role::state), {invert, map});
          },
          {{{3, 2, 2, 5}}});
    };
    make({});
    make({4, 0, 2, 2, 1, 0, 3, 4, 1, 1});
  }
  for (const auto& form :
       {ops::ConvolutionOptions{}, ops::ConvolutionOptions{.strides = 2, .padding = ops::Padding::same}})
    test::check_parity(
        [&]<class B>() {
          return ops::GroupedConv2D<B>(test::weight<B>({{3, 2, 4, 6}}, 1), form);
        },
        {{{3, 9, 7, 8}}});
}

}  // namespace tanuki::test_losses
