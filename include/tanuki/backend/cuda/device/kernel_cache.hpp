#pragma once

// Kernels compiled by NVRTC, and kept on disk: $TANUKI_CACHE/kernels, or ~/.cache/tanuki/kernels. A file's name says
// what it was made of: a hash of the source, the architecture and NVRTC's version. Where nothing can be read or
// written, kernels are compiled in each process.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "tanuki/backend/cuda/device/functions.hpp"
#include "tanuki/backend/cuda/device/kernel_source.hpp"
#include "tanuki/core/atomic_file.hpp"
#include "tanuki/core/crc32.hpp"
#include "tanuki/core/random.hpp"

namespace tanuki::gpu {

inline void check(nvrtcResult result, std::string_view what) {
  if (result != NVRTC_SUCCESS) fail("[gpu] ", what, ": ", nvrtc().nvrtcGetErrorString(result));
}

/// Machine code for an architecture: 90 is sm_90. Throws Error with NVRTC's words where the source is wrong or it says
/// anything about it.
inline std::string compile_kernels(const KernelFile& file, int architecture) {
  const std::string source = whole_source(file),
                    wanted = "--gpu-architecture=sm_" + std::to_string(architecture);
  nvrtcProgram program = nullptr;
  check(nvrtc().nvrtcCreateProgram(&program, source.c_str(), file.name.data(), 0, nullptr, nullptr), "NVRTC");
  struct Destroy {
    nvrtcProgram& program;
    ~Destroy() { nvrtc().nvrtcDestroyProgram(&program); }
  } destroy{program};
  const char* options[] = {wanted.c_str(), "--std=c++17"};
  const nvrtcResult result = nvrtc().nvrtcCompileProgram(program, 2, options);
  std::size_t size = 0;
  check(nvrtc().nvrtcGetProgramLogSize(program, &size), "NVRTC");
  std::string log(size, '\0');
  check(nvrtc().nvrtcGetProgramLog(program, log.data()), "NVRTC");
  if (result != NVRTC_SUCCESS || size > 1)
    fail("[gpu] the kernels of ", file.name, " for sm_", architecture, ": ",
         nvrtc().nvrtcGetErrorString(result), "\n", log.c_str());
  check(nvrtc().nvrtcGetCUBINSize(program, &size), "NVRTC");
  std::string code(size, '\0');
  check(nvrtc().nvrtcGetCUBIN(program, code.data()), "NVRTC");
  return code;
}

class KernelCache {
 public:
  /// Empty: none.
  explicit KernelCache(std::filesystem::path folder = default_folder()) : folder_(std::move(folder)) {}

  static std::filesystem::path default_folder() {
    if (const char* cache = std::getenv("TANUKI_CACHE"); cache && *cache)
      return std::filesystem::path(cache) / "kernels";
    if (const char* home = std::getenv("HOME"); home && *home)
      return std::filesystem::path(home) / ".cache" / "tanuki" / "kernels";
    return {};
  }

  /// Machine code of a file of kernels, from the disk where it is there.
  std::string code(const KernelFile& file, int architecture) const {
    if (folder_.empty()) return compile_kernels(file, architecture);
    const auto path = place(file, architecture);
    if (auto kept = read(path)) return *kept;
    std::string made = compile_kernels(file, architecture);
    try {
      std::filesystem::create_directories(folder_);
      AtomicFile to(path.string());
      const std::uint32_t sum = checksum(made);
      to.write(std::string_view(reinterpret_cast<const char*>(&sum), sizeof sum));
      to.write(made);
      to.commit();
    } catch (const std::exception&) {  // it is compiled again next time
    }
    return made;
  }

  /// Where it is kept.
  std::filesystem::path place(const KernelFile& file, int architecture) const {
    int major = 0, minor = 0;
    check(nvrtc().nvrtcVersion(&major, &minor), "NVRTC");
    std::ostringstream name;
    name << file.name << '-' << std::hex << hash(whole_source(file)) << std::dec << "-sm_" << architecture
         << "-nvrtc" << major << '.' << minor << ".cubin";
    return folder_ / name.str();
  }

 private:
  static std::uint32_t checksum(std::string_view code) { return crc32(std::as_bytes(std::span(code))); }

  /// Nothing where there is none, or it is damaged.
  static std::optional<std::string> read(const std::filesystem::path& path) {
    std::ifstream from(path, std::ios::binary);
    std::uint32_t sum = 0;
    if (!from.read(reinterpret_cast<char*>(&sum), sizeof sum)) return {};
    std::string code{std::istreambuf_iterator<char>(from), {}};
    if (checksum(code) != sum) return {};
    return code;
  }

  std::filesystem::path folder_;
};

}  // namespace tanuki::gpu
