// The main of every test program: Catch's, with the environment completed by what scripts/fetch_weights.sh
// left in the cache, so that a test needs no more than `ctest` or the program itself.

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

std::filesystem::path cache() {
  if (const char* folder = std::getenv("TANUKI_CACHE"); folder && *folder) return folder;
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home ? home : ".") / ".cache" / "tanuki";
}

/// What the user has set stays.
void default_to(const char* variable, const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) setenv(variable, path.c_str(), 0);
}

}  // namespace

int main(int argc, char* argv[]) {
  default_to("TANUKI_KITCHENWARE", cache() / "kitchenware");
  default_to("TANUKI_XCEPTION_WEIGHTS", cache() / "xception_notop.safetensors");
  return Catch::Session().run(argc, argv);
}
