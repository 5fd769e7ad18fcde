// memory_needed() against what the process really takes.

#include <catch2/catch.hpp>
#include <fstream>
#include <tanuki/tanuki.hpp>

namespace test_memory {

using namespace tanuki;

namespace {

/// The process' resident bytes; 0 where the system does not say.
Index resident() {
  std::ifstream file("/proc/self/statm");
  Index total = 0, pages = 0;
  return file >> total >> pages ? pages * 4096 : 0;
}

/// Builds the plan of a model, runs it, and compares.
void check_memory(bool training, Index batch) {
  const auto base = applications::Xception({.input_shape = {128, 128, 3}, .include_top = false});
  const Model model(base.inputs()[0], Dense({.units = 1})(GlobalAveragePooling2D()(base.outputs()[0])));
  Tensor<> x({batch, 128, 128, 3});
  std::fill_n(x.data(), x.size(), 0.5f);
  const ConstTensorView<Cpu> input = x.view();
  Context<Cpu> context(2);
  std::vector<int> outputs;
  auto graph = model.graph(false, outputs);
  Plan<Cpu> plan(std::move(graph), outputs, training ? model.trainable_weights() : std::vector<Weight<>>{});
  const Index before = resident();
  const auto y = plan.forward(context, std::span(&input, 1))[0];
  if (training) {
    std::fill_n(plan.output_gradient(0).data, y.size(), 1.0f);
    plan.backward(context);
  }
  const double taken = double(resident() - before), predicted = double(plan.memory_needed(batch, 2));
  INFO((training ? "training" : "inference")
       << ", batch " << batch << ": " << taken / 1e6 << " MB taken, " << predicted / 1e6 << " MB predicted");
  CHECK(taken <= 1.05 * predicted);
  CHECK(taken >= 0.75 * predicted);
}

}  // namespace

TEST_CASE("a plan takes no more memory than it says") {
  if (resident() == 0) {
    std::cout << "SKIP: the system does not say what memory a process has\n";
    return;
  }
  check_memory(false, 16);
  check_memory(true, 4);
  check_memory(true, 16);
}

}  // namespace test_memory
