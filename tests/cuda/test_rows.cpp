// Normalisation of rows and of groups of channels, against the CPU.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_rows {

using test::check_parity;

struct Case {
  Shape shape;                    ///< of a batch
  std::vector<std::size_t> axes;  ///< without the batch's
  Index size;                     ///< of a row
};

/// Rows along the last axis, shorter and longer than a block; along the last axes; along others, with their numbers apart.
const std::vector<Case> cases{{{3, 2, 19}, {1}, 19},
                              {{1, 3, 300}, {1}, 300},
                              {{2, 3, 4, 5}, {0, 1, 2}, 60},
                              {{2, 3, 4, 5}, {0, 2}, 15},
                              {{2, 4, 7}, {0}, 4}};

template <class B>
Weight<B> weight_or_none(bool there, Index size, std::uint64_t label) {
  return there ? test::weight<B>({{size}, 0.5f, 2}, label) : Weight<B>();
}

TEST_CASE("layer normalisation on the GPU is that of the CPU") {
  const auto check = [](const Case& is, bool scale, bool center, bool rms) {
    INFO("scale " << scale << " center " << center << " rms " << rms);
    const auto make = [&]<class B>() {
      return ops::LayerNorm<B>({.axes = is.axes, .epsilon = 1e-3f, .rms_scaling = rms},
                               weight_or_none<B>(scale, is.size, 1), weight_or_none<B>(center, is.size, 2));
    };
    check_parity(make, {{is.shape, 0.5f, 2}}, {.tolerance = 5e-6});
  };
  for (const auto& one : cases) {
    for (const bool rms : {false, true}) check(one, true, true, rms);
    check(one, true, false, false);
    check(one, false, true, false);
  }
  check(cases[0], false, false, true);
  check({{140, 3}, {0}, 3}, true, true, false);  // in parts
}

TEST_CASE("unit normalisation on the GPU is that of the CPU") {
  for (const auto& [shape, axes, size] : cases)
    check_parity([axes = axes]<class B>() { return ops::UnitNorm<B>(axes); }, {{shape}});
  check_parity([]<class B>() { return ops::UnitNorm<B>({1}); }, {{{2, 3, 5}, 0, 0}});  // rows without length
}

TEST_CASE("group normalisation on the GPU is that of the CPU") {
  const bool scale = GENERATE(true, false), center = GENERATE(true, false);
  const auto check = [&](const Shape& shape, Index groups, float offset) {
    INFO("scale " << scale << " center " << center << " groups " << groups);
    const Index channels = shape.back();
    const auto make = [&]<class B>() {
      return ops::GroupNorm<B>(groups, 1e-3f, weight_or_none<B>(scale, channels, 1),
                               weight_or_none<B>(center, channels, 2));
    };
    check_parity(make, {{shape, offset - 1, offset + 2}}, {.tolerance = 5e-6});
  };
  for (Index groups : {1, 3, 18}) check({3, 5, 3, 18}, groups, 0);
  check({2, 9, 70}, 7, 0);
  check({4, 6}, 3, 0);
  check({2, 5, 7, 6}, 2, 100);  // a mean far from zero
}

TEST_CASE("an empty batch has gradients of 0") {
  const auto weights = []<class B>() { return test::weight<B>({{6}}, 1); };
  check_parity(
      [&]<class B>() {
        return ops::LayerNorm<B>({.axes = {1}}, weights.template operator()<B>(),
                                 weights.template operator()<B>());
      },
      {{{0, 3, 6}}});
  check_parity(
      [&]<class B>() {
        return ops::GroupNorm<B>(2, 1e-3f, weights.template operator()<B>(),
                                 weights.template operator()<B>());
      },
      {{{0, 3, 6}}});
}

}  // namespace tanuki::test_rows
