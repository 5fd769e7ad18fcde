// Features are kept with their labels: what does not fit is refused before that.

#include <catch2/catch.hpp>

#include "tanuki/tanuki.hpp"

namespace tanuki::test_feature_labels {

TEST_CASE("labels that do not fit the images, or the labels before, are not kept") {
  const auto batches = [](std::vector<Shape> labels) {
    return Dataset::from_generator(
               [labels](Index) -> ExampleSource {
                 return [labels, i = std::size_t{0}]() mutable -> std::optional<Example> {
                   if (i == labels.size()) return std::nullopt;
                   return Example{Tensor<>(Shape{4, 3}), Tensor<>(labels[i++])};
                 };
               },
               {.batched = true})
        .cache();
  };
  clear_session();
  const auto input = Input({3});
  const Dense frozen({.units = 2});
  frozen.trainable(false);
  const Model model(input, Dense({.units = 1})(frozen(input)));
  model.compile({.optimizer = SGD(), .loss = "mse"});
  const FitOptions options{.epochs = 3, .verbose = false};
  CHECK_THROWS_WITH(model.fit(batches({{1, 1}}), options),
                    Catch::Contains("labels (1, 1) do not fit inputs (4, 3)"));
  CHECK_THROWS_WITH(model.fit(batches({{4, 1}, {4, 2}}), options),
                    Catch::Contains("labels (2,) an example were given, the batches before had (1,)"));
}

}  // namespace tanuki::test_feature_labels
