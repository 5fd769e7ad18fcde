// Every layer of include/tanuki/layers on the GPU: what it predicts, and two steps of training with weights before and
// behind it, are those of the CPU.

#include <filesystem>
#include <fstream>
#include <set>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/models/train_layer.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_layers {

constexpr Index batch = 3;

/// The layers' classes, as their headers have them: `class Dense final : public LayerOf<Dense<B>, B>`.
std::set<std::string> declared() {
  const std::string base = "public LayerOf<";
  const auto folder =
      std::filesystem::path(TANUKI_GOLDENS).parent_path().parent_path() / "include/tanuki/layers";
  std::set<std::string> names;
  for (const auto& header : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(header.path());
    for (std::string line; std::getline(file, line);) {
      const auto place = line.find(base);
      if (place == line.npos || line.starts_with("//")) continue;
      const auto name = place + base.size();
      names.insert(line.substr(name, line.find('<', name) - name));
    }
  }
  return names;
}

TEST_CASE("there is one of every layer") {
  auto without = declared();
  CHECK(without.size() > 70);
  for (const auto& [name, specimen] : test::every_layer<Cuda>()) without.erase(name);
  INFO("every_layer.hpp lacks these");
  CHECK(without == std::set<std::string>{});
}

TEST_CASE("every layer predicts and trains on the GPU as on the CPU, to the same bits each time") {
  for (const auto& [name, specimen] : test::every_layer<Cuda>()) {
    INFO(name);
    const test::Outcome expected = test::train_layer<Cpu>(name, batch, 1, 2);
    test::order_threads(1);
    const test::Outcome given = test::train_layer<Cuda>(name, batch, 1, 2);
    REQUIRE(given.size() == expected.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      INFO("result " << i << " of " << given.size());
      CHECK(test::apart(given[i], expected[i]) <= 1e-5);
    }
    test::order_threads(12345);
    CHECK(test::same_bits(test::train_layer<Cuda>(name, batch, 1, 2), given));
  }
}

}  // namespace tanuki::test_layers
