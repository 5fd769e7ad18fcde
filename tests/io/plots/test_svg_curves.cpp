#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <regex>

#include "tanuki/io/plots/svg_curves.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_svg_curves {

using namespace tanuki;

namespace {

std::ptrdiff_t count(const std::string& text, const std::string& what) {
  std::ptrdiff_t found = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++found;
  return found;
}

/// The points of the only path, as x, y, x, y, …
std::vector<double> points(const std::string& svg) {
  std::smatch match;
  REQUIRE(std::regex_search(svg, match, std::regex("<path d=\"([^\"]*)\"")));
  const std::string path = match[1];
  std::vector<double> numbers;
  const std::regex number("-?[0-9.]+");
  for (std::sregex_iterator i(path.begin(), path.end(), number), end; i != end; ++i)
    numbers.push_back(std::stod(i->str()));
  return numbers;
}

}  // namespace

TEST_CASE("a curve goes through its values, at even distances") {
  const auto p = points(svg_curves({{"loss", {{"training", {0.0, 1.0, 0.25}}}}}));
  REQUIRE(p.size() == 6);
  CHECK(p[2] - p[0] == Approx(p[4] - p[2]).margin(0.11));
  CHECK(p[3] < p[1]);  // upwards is smaller
  CHECK((p[1] - p[5]) / (p[1] - p[3]) == Approx(0.25).margin(0.002));
}

TEST_CASE("every panel has its title, every curve its name and last value") {
  const std::string svg = svg_curves({{"accuracy", {{"training", {0.5, 0.75}}, {"validation", {0.25, 0.5}}}},
                                      {"loss", {{"training", {2, 1.125}}}}},
                                     {.title = "cats & <dogs>"});
  CHECK(count(svg, "<path") == 3);
  CHECK(count(svg, ">accuracy<") == 1);
  CHECK(count(svg, ">training  0.750<") == 1);
  CHECK(count(svg, ">validation  0.500<") == 1);
  CHECK(count(svg, ">training  1.125<") == 1);
  CHECK(count(svg, ">cats &amp; &lt;dogs&gt;<") == 1);
}

TEST_CASE("fine-tuning is marked between the epochs, where there is any") {
  const std::vector<CurvePanel> panels{{"loss", {{"training", {4, 3, 2, 1}}}}};
  const std::string svg = svg_curves(panels, {.mark_after = 2});
  std::smatch match;
  REQUIRE(std::regex_search(svg, match, std::regex("<line x1=\"([0-9.]+)\"[^>]*stroke-dasharray")));
  const auto p = points(svg);
  CHECK(std::stod(match[1]) == Approx((p[2] + p[4]) / 2).margin(0.11));
  CHECK(count(svg, ">fine-tuning<") == 1);
  CHECK(count(svg_curves(panels), "stroke-dasharray") == 0);
  CHECK(count(svg_curves(panels, {.mark_after = 4}), "stroke-dasharray") == 0);
}

TEST_CASE("a value that is no number leaves a gap") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string svg = svg_curves({{"loss", {{"training", {1, 2, nan, 3}}}}});
  CHECK(count(svg, "<circle") == 3);
  CHECK(count(svg, "nan") == 0);
  std::smatch match;
  REQUIRE(std::regex_search(svg, match, std::regex("<path d=\"([^\"]*)\"")));
  CHECK(count(match[1], "M") == 2);
}

TEST_CASE("no epochs, one epoch and equal values are drawn, too") {
  for (const std::vector<double>& values : {std::vector<double>{}, {0.5}, {1, 1, 1}, {0, 0}}) {
    const std::string svg = svg_curves({{"loss", {{"training", values}}}});
    CHECK(count(svg, "nan") == 0);
    CHECK(count(svg, "inf") == 0);
    CHECK(count(svg, "<circle") == std::ptrdiff_t(values.size()));
  }
}

TEST_CASE("axes are labelled with round numbers") {
  const plots::Ticks t = plots::ticks(0.771, 0.969);
  CHECK(t.low == Approx(0.75));
  CHECK(t.high == Approx(1.0));
  CHECK(t.step == Approx(0.05));
  CHECK(plots::ticks(0, 237).step == Approx(50));
}

TEST_CASE("the file holds the picture") {
  const test::ScratchFolder folder;
  const std::vector<CurvePanel> panels{{"loss", {{"training", {2, 1}}}}};
  write_svg_curves(folder / "history.svg", panels);
  std::ifstream file(folder / "history.svg");
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == svg_curves(panels));
  CHECK_THROWS_WITH(write_svg_curves(folder / "absent/history.svg", panels),
                    Catch::Contains("absent/history.svg"));
}

}  // namespace test_svg_curves
