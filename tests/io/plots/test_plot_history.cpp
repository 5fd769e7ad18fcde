#include <catch2/catch.hpp>
#include <limits>

#include "tanuki/data/decode.hpp"
#include "tanuki/io/plots/plot_history.hpp"
#include "tanuki/io/plots/svg_curves.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_plot_history {

using namespace tanuki;
using Catch::Contains;

namespace {

History history() {
  History all;
  for (const double x : {1.0, 0.5, 0.25})
    all.add({{"loss", x},
             {"accuracy", 1 - x},
             {"val_loss", 1.2 * x},
             {"val_accuracy", 1 - 1.1 * x},
             {"seconds", 2}});
  return all;
}

std::array<int, 3> at(const Image& image, double x, double y) {
  const auto* p = image.pixels.data() + (Index(y * 2) * image.width + Index(x * 2)) * 3;
  return {p[0], p[1], p[2]};
}

}  // namespace

TEST_CASE("there is a panel for each metric, with training and validation") {
  const auto panels = history_panels(history());
  REQUIRE(panels.size() == 2);
  CHECK(panels[0].title == "loss");
  CHECK(panels[1].title == "accuracy");
  REQUIRE(panels[1].curves.size() == 2);
  CHECK(panels[1].curves[0].name == "training");
  CHECK(panels[1].curves[1].name == "validation");
  CHECK(panels[0].curves[1].values == std::vector<double>{1.2, 0.6, 0.3});
}

TEST_CASE("the ending says what is written") {
  const test::ScratchFolder folder;
  plot_history(folder / "history.svg", history(), {.title = "run"});
  CHECK(test::read_bytes(folder / "history.svg") == svg_curves(history_panels(history()), {.title = "run"}));
  plot_history(folder / "history.png", history(), {.title = "run"});
  const Image png = decode_image(folder / "history.png");
  CHECK(png.width == 2 * 2 * 460);
  CHECK(png.height == 2 * (340 + 40));
  CHECK_THROWS_WITH(plot_history(folder / "history.gif", history()),
                    Contains("history.gif") && Contains(".png"));
  CHECK_THROWS_WITH(plot_history(folder / "absent/history.png", history()), Contains("absent/history.png"));
  CHECK_THROWS_WITH(plot_history(folder / "history.png", History()), Contains("empty"));
}

TEST_CASE("pixels lie where the SVG picture has its lines") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<CurvePanel> panels{{"loss", {{"training", {0, 1, 0.5, nan, 0.5}}}}};
  const auto pixels =
      plots::draw_curves(panels, {}, [](int w, int h) { return plots::PixelSurface(w, h); }).image();
  const double left = 56, width = 460 - 56 - 14, top = 8 + 34, height = 340 - 34 - 74;
  const auto x = [&](double epoch) { return left + 8 + (epoch - 1) / 4 * (width - 16); };
  const auto y = [&](double value) { return top + height * (1 - value); };
  const std::array<int, 3> blue{0x3b, 0x6f, 0xb6}, grey{0xe6, 0xe6, 0xe6}, white{255, 255, 255};
  CHECK(at(pixels, x(2), y(1)) == blue);
  CHECK(at(pixels, x(3), y(0.5)) == blue);
  CHECK(at(pixels, (x(2) + x(3)) / 2, y(0.75)) == blue);
  CHECK(at(pixels, (x(3) + x(4)) / 2, y(0.5)) != blue);  // the gap
  CHECK(at(pixels, x(5), y(0.5)) == blue);
  CHECK(at(pixels, x(1), y(0.6)) == grey);
  CHECK(at(pixels, x(1), y(0.7)) == white);
}

TEST_CASE("what came after some epochs only lies at these, on one line") {
  History history;
  for (int epoch = 0; epoch < 5; ++epoch) {
    Logs logs{{"loss", 1 - 0.25 * epoch}};
    if (epoch % 2) logs.emplace_back("val_loss", 0.5);
    history.add(logs);
  }
  const auto panels = history_panels(history);
  REQUIRE(panels.size() == 1);
  CHECK(panels[0].curves[0].epochs == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(panels[0].curves[1].values == std::vector<double>{0.5, 0.5});
  CHECK(panels[0].curves[1].epochs == std::vector<Index>{1, 3});
  const auto pixels =
      plots::draw_curves(panels, {}, [](int w, int h) { return plots::PixelSurface(w, h); }).image();
  const double left = 56, width = 460 - 56 - 14, top = 8 + 34, height = 340 - 34 - 74;
  const auto x = [&](double epoch) { return left + 8 + (epoch - 1) / 4 * (width - 16); };
  const auto colour = at(pixels, x(2), top + height / 2);
  CHECK(colour == at(pixels, x(2.5), top + height / 2));
  CHECK(colour == at(pixels, x(4), top + height / 2));
  CHECK(colour != at(pixels, x(1), top + height / 2));
  CHECK(colour != at(pixels, x(5), top + height / 2));
}

TEST_CASE("many panels fill rows, and long names are below each other") {
  std::vector<CurvePanel> panels(4, {"loss", {{"training", {1, 2}}}});
  CHECK_THAT(svg_curves(panels, {.columns = 3}), Contains("width=\"1380\" height=\"688\""));
  CHECK_THAT(svg_curves(panels, {.columns = 2}), Contains("width=\"920\" height=\"688\""));
  panels = {{"loss", {{std::string(40, 'x'), {1, 2}}, {std::string(40, 'y'), {1, 2}}}}};
  const std::string svg = svg_curves(panels);
  CHECK_THAT(svg, Contains("y=\"328.0\"") && Contains("y=\"343.0\""));
}

}  // namespace test_plot_history
