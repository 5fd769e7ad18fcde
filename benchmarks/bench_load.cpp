// Times load_keras beside reading the same file into memory, in turn, in one process.
//
//   build/bin/bench_load model.keras [more files…] [--reps 15] [--cold]
//
// Reading: open, and read() of the whole file into memory taken for it, as a program must that has nothing mapped. Both find
// the file in the system's cache, or with --cold none of it. Peak: of the process after the first load, over what it held
// before.

#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <tanuki/keras.hpp>

#include "timing.hpp"

using namespace tanuki;

namespace {

void read_file(const std::string& path) {
  const std::size_t size = std::filesystem::file_size(path);
  const auto bytes = std::make_unique_for_overwrite<char[]>(size);
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail("cannot open '", path, "'");
  std::size_t read_so_far = 0;
  for (ssize_t got = 1; got > 0 && read_so_far < size; read_so_far += std::size_t(std::max<ssize_t>(got, 0)))
    got = read(file, bytes.get() + read_so_far, size - read_so_far);
  close(file);
  if (read_so_far != size) fail("read ", read_so_far, " of ", size, " bytes of '", path, "'");
}

/// The system forgets what it has cached of the file.
void forget(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
    fail("cannot drop '", path, "' from the cache");
  close(file);
}

void compare(const std::string& path, int reps, bool cold) {
  const auto load = [&] { load_keras(path, {.compile = false}); };
  const double before = bench::peak_rss_mib();
  load();
  const double peak = bench::peak_rss_mib() - before,
               mib = double(std::filesystem::file_size(path)) / 1048576;
  std::vector<double> reading, loading;
  for (int i = 0; i < reps; ++i) {
    if (cold) forget(path);
    reading.push_back(bench::milliseconds([&] { read_file(path); }));
    if (cold) forget(path);
    loading.push_back(bench::milliseconds(load));
  }
  const double read = bench::median(reading), loaded = bench::median(loading);
  std::cout << std::filesystem::path(path).filename().string() << ": " << mib << " MiB; reading " << read
            << " ms, load_keras " << loaded << " ms (" << loaded / read << " x), peak " << peak << " MiB ("
            << peak / mib << " x)\n";
}

}  // namespace

int main(int argc, char** argv) try {
  std::vector<std::string> paths;
  int reps = 15;
  bool cold = false;
  CLI::App app{"Times load_keras beside reading the same file"};
  app.add_option("files", paths, ".keras files; the peak is true of the first alone")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--reps", reps, "runs of each that count")->check(CLI::Range(1, 1000));
  app.add_flag("--cold", cold, "drop the files from the system's cache before each run");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& path : paths) compare(path, reps, cold);
} catch (const std::exception& error) {
  std::cerr << "bench_load: " << error.what() << '\n';
  return 1;
}
