// Datasets that never end, as repeat() makes them.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace test_endless_data {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("data that never end need a number of steps") {
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  model.compile({.optimizer = SGD(), .loss = MeanSquaredError()});
  const Dataset data = Dataset::from_tensors(Tensor<>(Shape{6, 2}), Tensor<>(Shape{6, 1})).batch(4);
  const Dataset endless = data.repeat();
  const History history = model.fit(endless, {.epochs = 2,
                                              .validation_data = endless,
                                              .verbose = false,
                                              .steps_per_epoch = 5,
                                              .validation_steps = 3});
  CHECK(history["loss"].size() == 2);
  CHECK(model.evaluate(endless, {.steps = 2}).size() == 1);
  REQUIRE_THROWS_WITH(model.fit(endless, {.verbose = false}),
                      Contains("[fit] the dataset never ends: expected steps_per_epoch"));
  REQUIRE_THROWS_WITH(model.fit(data, {.validation_data = endless, .verbose = false}),
                      Contains("[fit] validation_data never ends: expected validation_steps"));
  REQUIRE_THROWS_WITH(model.evaluate(endless), Contains("[evaluate] the dataset never ends: expected steps"));
}

}  // namespace test_endless_data
