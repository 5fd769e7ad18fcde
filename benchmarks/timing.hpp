#pragma once

// What the programs that time whole networks share.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <string>
#include <tanuki/tanuki.hpp>
#include <vector>

namespace tanuki::bench {

/// (batch, size, size, 3), from 0 to 255.
inline Tensor<> random_images(Index batch, Index size) {
  Tensor<> images({batch, size, size, 3});
  const Random random{1, 2};
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = random.uniform(std::uint64_t(i), 0.0f, 255.0f);
  return images;
}

inline double milliseconds(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Milliseconds of `reps` runs, the fastest first.
inline std::vector<double> time(int reps, const std::function<void()>& work) {
  work();  // the first run plans memory
  std::vector<double> ms;
  for (int i = 0; i < reps; ++i) ms.push_back(milliseconds(work));
  std::sort(ms.begin(), ms.end());
  return ms;
}

inline double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024;
}

/// One line for people and, with `json`, one for programs.
inline void report(const std::string& what, Index batch, Index size, const std::vector<double>& ms,
                   bool json) {
  const double median = ms[ms.size() / 2], rate = double(batch) * 1e3 / median, peak = peak_rss_mib();
  std::cout << what << ", batch " << batch << ", " << size << " px, " << default_context<Cpu>().threads()
            << " threads: " << median << " ms (fastest " << ms.front() << "), " << rate << " images/s, peak "
            << peak << " MiB\n";
  if (!json) return;
  std::cout << "{\"images_per_second\": " << rate << ", \"ms\": " << median << ", \"ms_min\": " << ms.front()
            << ", \"peak_rss_mib\": " << peak << "}\n";
}

}  // namespace tanuki::bench
