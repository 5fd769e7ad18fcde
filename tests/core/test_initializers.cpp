// keras.initializers: distributions, fans, and initializers by name.

#include <catch2/catch.hpp>
#include <numeric>

#include "tanuki/core/initializers.hpp"

namespace test_initializers {

using namespace tanuki;

namespace {

const Shape kernel{3, 3, 40, 60};  // fans 360 and 540
const Random stream{5, 6};

struct Moments {
  double mean = 0, deviation = 0, largest = 0;
};

Moments moments(const Initializer& initializer) {
  const auto values = initializer(kernel, stream);
  REQUIRE(Index(values.size()) == kernel.elements());
  Moments found;
  for (float value : values) {
    found.mean += double(value) / double(values.size());
    found.largest = std::max(found.largest, std::abs(double(value)));
  }
  for (float value : values) {
    const double distance = double(value) - found.mean;
    found.deviation += distance * distance / double(values.size());
  }
  found.deviation = std::sqrt(found.deviation);
  return found;
}

void check_uniform(const Initializer& initializer, double limit) {
  INFO(initializer.class_name);
  const Moments found = moments(initializer);
  CHECK(std::abs(found.mean) < 0.02 * limit);
  CHECK(found.deviation == Approx(limit / std::sqrt(3.0)).epsilon(0.01));
  CHECK(found.largest <= limit * (1 + 1e-6));
  CHECK(found.largest > 0.999 * limit);
}

/// A normal distribution that has this deviation once it is cut at two of its own.
void check_truncated(const Initializer& initializer, double deviation) {
  INFO(initializer.class_name);
  const Moments found = moments(initializer);
  const double limit = 2 * deviation / 0.87962566103423978;
  CHECK(std::abs(found.mean) < 0.02 * deviation);
  CHECK(found.deviation == Approx(deviation).epsilon(0.01));
  CHECK(found.largest <= limit * (1 + 1e-6));
  CHECK(found.largest > 0.99 * limit);
}

/// The same values and the same serialised form.
bool same(const Initializer& a, const Initializer& b) {
  const Shape matrix{5, 4};
  return a.class_name == b.class_name && a.config == b.config && a.words == b.words &&
         a(matrix, stream) == b(matrix, stream);
}

}  // namespace

TEST_CASE("initializers that are not random") {
  CHECK(zeros()({2}, stream) == std::vector<float>{0, 0});
  CHECK(ones()({2}, stream) == std::vector<float>{1, 1});
  CHECK(constant(2.5)({2}, stream) == std::vector<float>{2.5f, 2.5f});
  CHECK(identity({.gain = 2})({2, 3}, stream) == std::vector<float>{2, 0, 0, 0, 2, 0});
  CHECK_THROWS_WITH(identity()({2, 3, 4}, stream),
                    "[identity] a weight of shape (2, 3, 4), expected two axes");
}

TEST_CASE("uniform initializers") {
  check_uniform(random_uniform(), 0.05);
  check_uniform(glorot_uniform(), std::sqrt(6.0 / 900));
  check_uniform(he_uniform(), std::sqrt(6.0 / 360));
  check_uniform(lecun_uniform(), std::sqrt(3.0 / 360));
  check_uniform(variance_scaling({.scale = 0.5, .mode = "fan_out", .distribution = "uniform"}),
                std::sqrt(1.5 / 540));
  const auto shifted = random_uniform({.minval = 1, .maxval = 2})({1000}, stream);
  for (std::size_t i = 0; i < shifted.size(); ++i) CHECK(shifted[i] == stream.uniform(i, 1, 2));
}

TEST_CASE("normal initializers") {
  const Moments plain = moments(random_normal({.mean = 1, .stddev = 0.5}));
  CHECK(plain.mean == Approx(1).epsilon(0.01));
  CHECK(plain.deviation == Approx(0.5).epsilon(0.01));
  CHECK(plain.largest > 2.5);
  check_truncated(truncated_normal({.stddev = 0.1}), 0.1 * 0.87962566103423978);
  check_truncated(glorot_normal(), std::sqrt(2.0 / 900));
  check_truncated(he_normal(), std::sqrt(2.0 / 360));
  check_truncated(lecun_normal(), std::sqrt(1.0 / 360));
  check_truncated(variance_scaling({.distribution = "normal"}), std::sqrt(1.0 / 360));
  const Moments whole = moments(variance_scaling({.mode = "fan_avg", .distribution = "untruncated_normal"}));
  CHECK(whole.deviation == Approx(std::sqrt(1.0 / 450)).epsilon(0.01));
  CHECK(whole.largest > 3 * whole.deviation);
}

TEST_CASE("orthogonal: columns of a tall matrix, rows of a wide one") {
  const Shape shape = GENERATE(Shape{2, 3, 2, 5}, Shape{4, 9}, Shape{6, 6}, Shape{40, 1});
  const auto values = orthogonal({.gain = 2})(shape, stream);
  const Index columns = shape.back(), rows = shape.elements() / columns;
  const bool tall = rows >= columns;
  const Index count = tall ? columns : rows, length = tall ? rows : columns;
  const auto at = [&](Index vector, Index k) {
    return double(values[std::size_t(tall ? k * columns + vector : vector * columns + k)]);
  };
  for (Index i = 0; i < count; ++i) {
    for (Index j = 0; j < count; ++j) {
      double product = 0;
      for (Index k = 0; k < length; ++k) product += at(i, k) * at(j, k);
      CHECK(product == Approx(i == j ? 4 : 0).margin(1e-6));
    }
  }
  CHECK_THROWS_WITH(orthogonal()({4}, stream),
                    "[orthogonal] a weight of shape (4,), expected at least two axes");
}

TEST_CASE("initializers by their names") {
  for (const auto& made :
       {zeros(), ones(), constant(3), identity({.gain = 2}), random_uniform({.minval = -1, .maxval = 2}),
        random_normal({.mean = 1, .stddev = 2}), truncated_normal({.mean = 1, .stddev = 2}), glorot_uniform(),
        glorot_normal(), he_uniform(), he_normal(), lecun_uniform(), lecun_normal(), orthogonal({.gain = 3}),
        variance_scaling({.scale = 2, .mode = "fan_out", .distribution = "uniform"})}) {
    INFO(made.class_name);
    CHECK(same(find_initializer(made.class_name, made.config, made.words), made));
  }
  CHECK(same(find_initializer("he_normal"), he_normal()));
  CHECK(same(find_initializer("uniform"), random_uniform()));
  CHECK(same(find_initializer("normal"), random_normal()));
  CHECK(same(find_initializer("zero"), zeros()));
  CHECK(same(find_initializer("OrthogonalInitializer"), orthogonal()));
  CHECK(same(find_initializer("VarianceScaling"), variance_scaling()));
}

TEST_CASE("an option takes an initializer by its name") {
  const Initializer by_name = "he_normal", by_text = std::string("zeros");
  CHECK(by_name.class_name == he_normal().class_name);
  CHECK(by_name(Shape{3, 2}, Random{1, 2}) == he_normal()(Shape{3, 2}, Random{1, 2}));
  CHECK(by_text(Shape{2}, Random{1, 2}) == std::vector<float>{0, 0});
  CHECK_THROWS_WITH(Initializer("bogus"),
                    Catch::Contains("[initializer] unknown class 'bogus': expected Zeros"));
}

TEST_CASE("find_initializer refuses what it does not know") {
  CHECK_THROWS_WITH(find_initializer("STFT"), Catch::StartsWith("[initializer] unknown class 'STFT'"));
  CHECK_THROWS_WITH(find_initializer("HeNormal", {{"scale", 2}}),
                    "[initializer] HeNormal has no option 'scale' of this type");
  CHECK_THROWS_WITH(find_initializer("VarianceScaling", {{"scale", -1}}),
                    Catch::Contains("scale is -1, expected more than 0"));
  CHECK_THROWS_WITH(find_initializer("VarianceScaling", {}, {{"mode", "fan"}}),
                    Catch::Contains("unknown mode 'fan'"));
  CHECK_THROWS_WITH(find_initializer("VarianceScaling", {}, {{"distribution", "flat"}}),
                    Catch::Contains("unknown distribution 'flat'"));
  CHECK_THROWS_AS(random_normal({.stddev = -1}), Error);
  CHECK_THROWS_AS(random_uniform({.minval = 1, .maxval = 0}), Error);
}

}  // namespace test_initializers
