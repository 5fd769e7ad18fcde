// Convolutions that the device does itself: which ones, in how much memory, and that graphs hold them.

#include <catch2/catch.hpp>
#include <limits>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/host_device.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_device_convolutions {

using ops::ConvolutionOptions;
using ops::Padding;
using test::HostDevice;

Index of_device() {
  const auto& all = HostDevice::instance().launched();
  const auto found = all.find("convolution");
  return found == all.end() ? 0 : found->second;
}

/// How many of its passes, forward and both backward, the device did itself.
Index passes(const ops::FusedConv2DParts<Cuda>& parts, bool cudnn = true) {
  const Index before = of_device();
  const Index channels = parts.kernel.shape()[2];
  test::run_op<Cuda>(ops::FusedConv2D<Cuda>(parts), {{{2, 7, 9, channels}}},
                     {.inputs = true, .weights = true}, false, cudnn);
  return of_device() - before;
}

ops::FusedConv2DParts<Cuda> parts(const Shape& kernel, bool bfloat16 = false) {
  return {.kernel = test::weight<Cuda>({kernel}, 1), .bfloat16 = bfloat16};
}

TEST_CASE(
    "the device does windows of more than a pixel in float32, and nothing where it is not to or cannot") {
  CHECK(passes(parts({3, 3, 5, 4})) == 3);
  CHECK(passes(parts({1, 2, 5, 4})) == 3);
  CHECK(passes(parts({1, 1, 5, 4})) == 0);
  CHECK(passes(parts({3, 3, 5, 4}, true)) == 0);
  CHECK(passes(parts({3, 3, 5, 4}), false) == 0);
  HostDevice::instance().allow_convolutions(false);
  CHECK(passes(parts({3, 3, 5, 4})) == 0);
  HostDevice::instance().allow_convolutions(true);
  CHECK(passes(parts({3, 3, 5, 4})) == 3);
}

TEST_CASE("what does not begin at a multiple of 16 bytes is multiplied as rows") {
  Context<Cuda> context;
  const Tensor<Cuda> x(Shape{19}, std::vector<float>(19, 1)), kernel(Shape{1, 2, 1, 1}, {1, 2});
  const Shape in{1, 1, 18, 1}, out{1, 1, 17, 1};
  const auto geometry = ops::Window{{1, 2}}.over(in.without_batch(), "conv2d");
  using Kernel = ops::Conv2DKernel<Cuda>;
  for (const auto& [first, second] : {std::pair{0, 0}, {0, 1}, {1, 0}}) {
    Tensor<Cuda> y(Shape{18}), dx(Shape{19}), dkernel(kernel.shape());
    const ConstTensorView<Cuda> x_there{x.data() + first, in}, dy{x.data() + second, out};
    const Index before = of_device();
    Kernel::forward(context, geometry, x_there, kernel.view(), {y.data() + second, out});
    Kernel::backward_kernel(context, geometry, x_there, dy, dkernel.view());
    Kernel::backward_input(context, geometry, dy, kernel.view(), {dx.data() + first, in});
    CHECK(of_device() - before == (first + second ? 0 : 3));
    std::vector<float> all = y.to_vector(), some = dx.to_vector();
    CHECK(std::vector(all.begin() + second, all.begin() + second + 17) == std::vector<float>(17, 3));
    CHECK(dkernel.to_vector() == std::vector<float>{17, 17});
    std::vector<float> expected(18, 3);
    expected.front() = 1, expected.back() = 2;
    CHECK(std::vector(some.begin() + first, some.begin() + first + 18) == expected);
  }
}

TEST_CASE("what the device works in is counted") {
  const ops::FusedConv2D<Cuda> op([&] {
    auto all = parts({3, 3, 5, 4});
    all.relu_before = true;
    return all;
  }());
  const std::vector<Shape> shapes{{7, 9, 5}};
  const Index turned = 192, relued = 7 * 9 * 5 * 4 + 20, workspace = 181;  // floats, 180 of them the kernel's
  CHECK(op.workspace(shapes, 4, {}).shared == turned + relued + workspace);
  CHECK(op.workspace(shapes, 4, {.inputs = true}).shared == turned + relued + workspace);
  HostDevice::instance().allow_convolutions(false);
  CHECK(op.workspace(shapes, 4, {}).shared == 4 * 5 * 7 * 9 * 5);
  HostDevice::instance().allow_convolutions(true);
}

TEST_CASE("graphs hold the device's convolutions") {
  struct Trained {
    std::vector<float> weights;
    Index convolutions;
  };
  const auto train = [](bool graphs) {
    clear_session();
    set_random_seed(1);
    Context<Cuda>& context = default_context<Cuda>();
    context.graphs(graphs);
    const Index before = of_device();
    const auto in = Input<Cuda>({9, 9, 3});
    auto x = Conv2D<Cuda>({.filters = 4, .kernel_size = 3, .padding = "same", .activation = "relu"})(in);
    x = Conv2D<Cuda>({.filters = 5, .kernel_size = 3, .strides = 2})(x);
    x = GlobalAveragePooling2D<Cuda>()(x);
    const Model<Cuda> model(in, Dense<Cuda>({.units = 1})(x));
    model.compile({.optimizer = Adam(), .loss = "mse"});
    const Tensor<Cpu> images({4, 9, 9, 3}, test::numbers(4 * 9 * 9 * 3, 7)), labels({4, 1});
    for (int i = 0; i < 6; ++i) model.train_on_batch(images, labels);
    context.graphs(true);
    Trained trained;
    for (const auto& weight : model.weights()) {
      const auto values = weight.value().to_vector();
      trained.weights.insert(trained.weights.end(), values.begin(), values.end());
    }
    trained.convolutions = of_device() - before;
    return trained;
  };
  const Index launched = HostDevice::instance().graphs().launched;
  const auto with = train(true);
  CHECK(HostDevice::instance().graphs().launched > launched);
  const auto without = train(false);
  CHECK(with.weights == without.weights);
  CHECK(with.convolutions == 6 * 5);  // two forward, two to kernels, one to what is between
  CHECK(without.convolutions == 6 * 5);
}

}  // namespace tanuki::test_device_convolutions
