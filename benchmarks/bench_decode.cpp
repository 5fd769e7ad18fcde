// Photos a second from JPEG files in memory to tensors of 150 x 150, on one thread: stb_image, libjpeg-turbo where it
// was found, and libjpeg-turbo decoding to a scale.
//   TANUKI_CATS_VS_DOGS=photos build/bin/bench_decode

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tanuki/data/decode.hpp"
#include "tanuki/data/image_folder.hpp"

using namespace tanuki;

namespace {

using Photo = std::vector<std::uint8_t>;
constexpr ImageSize size{150, 150};

/// Every sixth of $TANUKI_CATS_VS_DOGS/train.
const std::vector<Photo>& photos() {
  static const std::vector<Photo> read = [] {
    const char* folder = std::getenv("TANUKI_CATS_VS_DOGS");
    if (!folder) fail("TANUKI_CATS_VS_DOGS is not set, expected a folder with train/");
    std::vector<Photo> files;
    const auto paths = list_image_folder(std::filesystem::path(folder) / "train").file_paths;
    for (std::size_t i = 0; i < paths.size(); i += 6) {
      std::ifstream in(paths[i], std::ios::binary);
      files.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return files;
  }();
  return read;
}

template <class Decode>
void decode_photos(benchmark::State& state, Decode decode) {
  for (auto _ : state) {
    for (const Photo& photo : photos()) {
      Image image;
      if (const std::string problem = decode(photo, image); !problem.empty()) fail(problem);
      benchmark::DoNotOptimize(resize_bilinear(image, size));
    }
  }
  state.SetItemsProcessed(state.iterations() * Index(photos().size()));
}

void stb_image(benchmark::State& state) { decode_photos(state, image_file::decode_with_stb); }
BENCHMARK(stb_image)->Unit(benchmark::kMillisecond);

#ifdef TANUKI_WITH_LIBJPEG
void libjpeg_turbo(benchmark::State& state) {
  decode_photos(state, [](const Photo& photo, Image& image) {
    return image_file::decode_with_libjpeg(photo, {}, image);
  });
}
void libjpeg_turbo_scaled(benchmark::State& state) {
  decode_photos(state, [](const Photo& photo, Image& image) {
    return image_file::decode_with_libjpeg(photo, size, image);
  });
}
BENCHMARK(libjpeg_turbo)->Unit(benchmark::kMillisecond);
BENCHMARK(libjpeg_turbo_scaled)->Unit(benchmark::kMillisecond);
#endif

}  // namespace

int main(int argc, char** argv) try {
  benchmark::Initialize(&argc, argv);
  photos();
  benchmark::RunSpecifiedBenchmarks();
} catch (const Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
