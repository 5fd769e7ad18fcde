// What cuDNN says of the convolutions that it is given, without a GPU: it is told of one, and plans them for it.

#include <catch2/catch.hpp>

#if __has_include(<cudnn_graph.h>)
#include <cudnn_version.h>
#endif

#if defined(CUDNN_VERSION) && CUDNN_VERSION >= 90800
#include "tanuki/backend/cuda/device/cudnn/convolutions.hpp"

namespace tanuki::test_convolution_plans {

using gpu::ConvolutionForm;
using gpu::ConvolutionResult;
using gpu::Precision;

constexpr ConvolutionResult results[] = {ConvolutionResult::output, ConvolutionResult::input_gradient,
                                         ConvolutionResult::kernel_gradient};

/// As cuDNN writes down a GPU.
const std::string a100 =
                      R"({"deviceName": "NVIDIA A100-SXM4-80GB", "deviceVer": 800, "multiProcessorCount": 108,
  "maxSharedMemoryPerBlockOptin": 166912, "l2CacheSize": 41943040, "smClockRateKHz": 1410000,
  "memClockRateKHz": 1593000, "totalGlobalMem": 85000000000, )",
                  h100 =
                      R"({"deviceName": "NVIDIA H100 80GB HBM3", "deviceVer": 900, "multiProcessorCount": 132,
  "maxSharedMemoryPerBlockOptin": 232448, "l2CacheSize": 52428800, "smClockRateKHz": 1980000,
  "memClockRateKHz": 2619000, "totalGlobalMem": 85000000000, )",
                  of_both = R"("maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64],
  "regsPerBlock": 65536, "warpSize": 32, "maxSharedMemoryPerBlock": 49152, "reservedSharedMemoryPerBlock": 1024,
  "maxRegistersPerSM": 65536, "maxCtasPerSM": 32, "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048,
  "supportCoopLaunch": 1, "isTccDriver": 0, "pciDeviceId": 0, "cudaDeviceId": 0, "driverVer": 13000})";

gpu::CudnnDescriptor card(const std::string& begin) {
  const std::string all = begin + of_both;
  gpu::CudnnDescriptor card(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  card.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, std::span<const char>(all));
  card.finalize("a GPU");
  return card;
}

/// Square images and windows.
struct Layer {
  const char* name;
  long long side, channels, outputs, taps, stride, dilation, before, after;

  ConvolutionForm form(ConvolutionResult result, long long images, Precision precision) const {
    const long long out = (side + before + after - (taps - 1) * dilation - 1) / stride + 1;
    const gpu::ConvolutionAxis axis{side, out, taps, stride, dilation, before, after};
    return {result, images, channels, outputs, axis, axis, precision};
  }
};

const Layer layers[] = {
    {"VGG16's second", 224, 64, 64, 3, 1, 1, 1, 1},
    {"VGG16's, 56 px", 56, 256, 256, 3, 1, 1, 1, 1},
    {"VGG16's, 14 px", 14, 512, 512, 3, 1, 1, 1, 1},
    {"ResNet50's first", 224, 3, 64, 7, 2, 1, 3, 3},
    {"Xception's first", 150, 3, 32, 3, 2, 1, 0, 0},
    {"Xception's second", 74, 32, 64, 3, 1, 1, 0, 0},
    {"a dilated one", 40, 32, 64, 3, 1, 2, 2, 2},
    {"more zeros after than before", 56, 64, 128, 3, 2, 1, 0, 1},
    {"odd numbers", 11, 5, 7, 3, 1, 1, 1, 1},
};

bool is_there() {
  const gpu::Cudnn* const cudnn = gpu::cudnn_if_there();
  if (!cudnn) WARN("SKIP: cuDNN cannot be opened");
  const bool can = cudnn && cudnn->cudnnGetVersion() >= 91100;
  if (cudnn && !can) WARN("SKIP: cuDNN before 9.11 is told of a GPU in another way");
  return can;
}

/// The bytes that it works in; nothing where there is no engine for it. The engine must be one that may do it.
std::optional<std::size_t> planned(const gpu::CudnnDescriptor& card, const ConvolutionForm& form) {
  try {
    const gpu::ConvolutionPlan plan({.described = &card}, form);
    using Notes = gpu::ConvolutionPlan::Notes;
    CHECK(plan.notes() ==
          (form.precision == Precision::tf32 ? Notes{CUDNN_NUMERICAL_NOTE_TENSOR_CORE} : Notes{}));
    return plan.workspace();
  } catch (const Error& error) {
    CHECK_THAT(error.what(), Catch::Contains("has no engine"));  // and not what it was told
    return {};
  }
}

TEST_CASE("cuDNN plans convolutions for GPUs that it is told of") {
  if (!is_there()) return;
  for (const std::string& begin : {a100, h100}) {
    const auto gpu = card(begin);
    for (const Layer& layer : layers) {
      for (const long long images : {1, 32}) {
        for (const ConvolutionResult result : results) {
          INFO(layer.name << ", " << images << " images, result " << int(result) << ", for " << begin);
          for (const Precision precision : {Precision::float32, Precision::tf32}) {
            const auto form = layer.form(result, images, precision);
            CHECK_NOTHROW(gpu::ConvolutionGraph(form));
            const auto bytes = planned(gpu, form);
            CHECK(bytes.value_or(0) <= std::size_t(gpu::ConvolutionPlan::most_workspace));
            // In float32 there are gaps. An A100's engines for TF32 copy the images, for which there may be no room.
            const bool large = &layer == layers && images == 32;
            if (precision == Precision::tf32) CHECK((bytes || (begin == a100 && large)));
            if (begin == h100 && result == ConvolutionResult::output) CHECK(bytes);
          }
        }
      }
    }
  }
}

TEST_CASE("engines that round or sum otherwise than is asked for are left out") {
  const auto is_allowed = [](const gpu::ConvolutionPlan::Notes& notes) {
    return std::pair{gpu::ConvolutionPlan::is_allowed(notes, Precision::float32),
                     gpu::ConvolutionPlan::is_allowed(notes, Precision::tf32)};
  };
  constexpr auto tensor_core = CUDNN_NUMERICAL_NOTE_TENSOR_CORE;
  CHECK(is_allowed({}) == std::pair{true, false});
  CHECK(is_allowed({tensor_core}) == std::pair{false, true});
  for (int note = int(tensor_core) + 1; note < int(CUDNN_NUMERICAL_NOTE_TYPE_COUNT); ++note) {
    const auto other = cudnnBackendNumericalNote_t(note);
    INFO(note);
    CHECK(is_allowed({other}) == std::pair{false, false});
    CHECK(is_allowed({tensor_core, other}) == std::pair{false, false});
  }
}

TEST_CASE("what cuDNN refuses is said in its words, and is no convolution of the device") {
  if (!is_there()) return;
  auto form = layers[0].form(ConvolutionResult::output, 1, Precision::float32);
  form.rows.out += 1;
  CHECK_THROWS_WITH(gpu::ConvolutionGraph(form),
                    Catch::StartsWith("[gpu] cuDNN: an operation: CUDNN_STATUS_BAD_PARAM"));
  gpu::CudnnDescriptor nothing(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  nothing.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, std::span<const char>("{}", 2));
  CHECK_THROWS_WITH(nothing.finalize("a GPU"), Catch::StartsWith("[gpu] cuDNN: a GPU: CUDNN_STATUS_"));
}

TEST_CASE("a convolution's tensors are taken, and without a GPU the error says what cuDNN says") {
  if (!is_there()) return;
  const auto gpu = card(h100);
  for (const ConvolutionResult result : results) {
    const auto form = layers[1].form(result, 1, Precision::tf32);
    alignas(16) float first[4], second[4], made[4], workspace[4];
    const gpu::Convolution convolution{form, first, second, made, workspace};
    const std::array<void*, 3> expected[] = {
        {first, second, made}, {made, second, first}, {first, made, second}};
    CHECK(gpu::ConvolutionPlan::tensors(convolution) == expected[int(result)]);
    CHECK_THROWS_WITH(gpu::ConvolutionPlan({.described = &gpu}, form).run(nullptr, convolution),
                      Catch::StartsWith("[gpu] cuDNN: a convolution: CUDNN_STATUS_"));
  }
}

TEST_CASE("without a GPU there is nobody who does convolutions, and no error") {
  int count = 0;
  if (gpu::runtime().cudaGetDeviceCount(&count) == cudaSuccess && count > 0) return;
  CHECK(gpu::has_cudnn);
  CHECK(gpu::make_convolutions() == nullptr);
}

}  // namespace tanuki::test_convolution_plans

#else
TEST_CASE("SKIP: the headers of cuDNN 9.8 or later were not found") {}
#endif
