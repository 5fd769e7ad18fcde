#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace test_sequential {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("a stack is built at its first call, or when it begins with an Input") {
  Sequential deferred({Dense({.units = 3}), Dense({.units = 2})});
  CHECK_FALSE(deferred.built());
  CHECK_THROWS_WITH(deferred.predict(Tensor<>({1, 4})), Contains("has not been built"));
  deferred.build({4});
  CHECK(deferred.predict(Tensor<>({1, 4})).shape() == Shape{1, 2});
  CHECK(deferred.weights().size() == 4);
  CHECK(Sequential({Input({4}), Dense({.units = 3})}).built());
}

TEST_CASE("a layer that is added later counts from then on") {
  for (const bool begins_with_input : {true, false}) {
    Sequential model;
    if (begins_with_input) model.add(Input({4}));
    model.add(Dense({.units = 2}));
    model.build({4});
    CHECK(model.predict(Tensor<>({2, 4})).shape() == Shape{2, 2});
    model.compile({.optimizer = SGD(), .loss = MeanSquaredError()});
    const Dense last({.units = 30});
    model.add(last);
    CHECK(model.predict(Tensor<>({2, 4})).shape() == Shape{2, 30});
    CHECK(model.outputs()[0].shape() == Shape{30});
    CHECK_THROWS_WITH(model.train_on_batch(Tensor<>({2, 4}), Tensor<>({2, 30})), Contains("compile() first"));
    model.compile({.optimizer = SGD(), .loss = MeanSquaredError()});
    Tensor<> ones({2, 30});
    for (Index i = 0; i < ones.size(); ++i) ones.data()[i] = 1;
    model.train_on_batch(Tensor<>({2, 4}), ones);
    CHECK(last.weights()[1].value().data()[0] != 0);
  }
}

TEST_CASE("a stack that would contain itself is refused, and is as it was") {
  Sequential a({}, "a"), b({}, "b"), c({Input({4}), Dense({.units = 2})}, "c");
  CHECK_THROWS_WITH(a.add(a), Contains("in 'a'") && Contains("contain itself"));
  a.add(b);
  CHECK_THROWS_WITH(b.add(a), Contains("in 'b'") && Contains("adding 'a'"));
  const auto in = Input({4});
  CHECK_THROWS_WITH(c.add(Model(in, c(in), "around")), Contains("in 'c'") && Contains("adding 'around'"));
  CHECK(a.state()->children.size() == 1);
  CHECK(b.state()->children.empty());
  CHECK(c.predict(Tensor<>({1, 4})).shape() == Shape{1, 2});
}

TEST_CASE("a layer that does not fit is refused, and the stack is as it was") {
  Sequential model({Input({4}), Dense({.units = 2, .name = "first"})});
  CHECK_THROWS_WITH(model.add(Conv2D({.filters = 1, .kernel_size = 3, .name = "conv"})),
                    Contains("in 'conv'") && Contains("(2,)"));
  CHECK_THROWS_WITH(model.add(Input({4})), Contains("must come first"));
  CHECK(model.weights().size() == 2);
  model.add(Dense({.units = 3}));
  CHECK(model.predict(Tensor<>({1, 4})).shape() == Shape{1, 3});
}

}  // namespace test_sequential
