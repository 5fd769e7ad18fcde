#include <catch2/catch.hpp>

#include "tanuki/data/decode.hpp"
#include "tanuki/io/plots/plot_confusion_matrix.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_plot_confusion_matrix {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("every cell has its count, and its share of the row") {
  const std::string svg = svg_confusion_matrix({{"cats & co", "dogs"}, {30, 10, 0, 7}});
  CHECK_THAT(svg, Contains(">30<") && Contains(">75.0 %<") && Contains(">10<") && Contains(">25.0 %<"));
  CHECK_THAT(svg, Contains(">7<") && Contains(">100.0 %<") && Contains(">cats &amp; co<"));
}

TEST_CASE("it is drawn with no examples, and with many classes or long names") {
  CHECK_THAT(svg_confusion_matrix({{"a", "b"}, {0, 0, 0, 0}}), Contains(">0.0 %<") && !Contains("nan"));
  ConfusionMatrix many{{}, std::vector<Index>(60 * 60, 1)};
  for (int i = 0; i < 60; ++i)
    many.classes.push_back("a class of a very long name, number " + std::to_string(i));
  const std::string svg = svg_confusion_matrix(many);
  CHECK_THAT(svg, Contains(">a class of a ver..  59<") && Contains(">59<"));
  CHECK(plots::shortened("Füße und Hände", 4) == "F..");  // not within the ü
}

TEST_CASE("the file is SVG or PNG") {
  const test::ScratchFolder folder;
  const ConfusionMatrix matrix{{"a", "b"}, {1, 2, 3, 4}};
  plot_confusion_matrix(folder / "matrix.svg", matrix);
  CHECK(test::read_bytes(folder / "matrix.svg") == svg_confusion_matrix(matrix));
  plot_confusion_matrix(folder / "matrix.png", matrix);
  CHECK(decode_image(folder / "matrix.png").width > 400);
}

}  // namespace test_plot_confusion_matrix
