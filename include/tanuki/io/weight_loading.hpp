#pragma once

// Numbers from a weight file into a model, whatever the file's format. A file that does not fit, or that holds a number
// that is not finite, changes nothing.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tanuki/core/mapped_file.hpp"
#include "tanuki/io/probe.hpp"
#include "tanuki/io/weight_matching.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki {

struct SaveWeightsOptions {
  bool probe = false;  ///< with a fingerprint of every layer's output, for .verify (see probe.hpp)
};

struct LoadWeightsOptions {
  bool by_name = false;  ///< only layers of the same name; a layer that the file does not name stays as it is
  bool skip_mismatch = false;  ///< a layer for which the file has nothing that fits stays as it is
  bool verify = false;         ///< computes the file's probe anew, and throws where a layer's output differs
  /// On a CPU, weights stay in the file and are read there until something writes to them: less memory and time to
  /// load, above all for a model that only predicts. Nobody may change or shorten the file while the model lives;
  /// another in its place, as all savers of tanuki put it, is well. What the file holds in another form, or not at
  /// multiples of 4 bytes (as some .keras files do), is copied as ever.
  bool mmap = false;
};

/// What loading weights did.
struct LoadReport {
  Index matched = 0;   ///< weights that were loaded: all of the model's, unless skipping is allowed
  std::string prefix;  ///< under which they lay in the file: "", or "xception/"
  std::vector<std::string> unmatched;      ///< weights of the model that stayed as they were
  std::vector<std::string> unused;         ///< tensors of the file that the model has no place for
  std::vector<WeightMismatch> mismatched;  ///< of those: where the file has a tensor of another shape
};

/// A tensor of a weight file; good as long as the file is open.
struct WeightSource {
  std::string name;
  Shape shape;
  std::span<const std::byte>
      floats;  ///< float32 where they lie, aligned or not; empty where they must be read
  std::function<Tensor<Cpu>()> read;              ///< for those
  std::shared_ptr<const MappedFile> mapped = {};  ///< the file that `floats` lie in, where it is one
};

namespace detail {

inline bool all_finite(std::span<const std::byte> floats) {
  std::uint32_t worst = 0;
  for (std::size_t i = 0; i + 4 <= floats.size(); i += 4) {
    std::uint32_t bits;
    std::memcpy(&bits, floats.data() + i, 4);
    worst = std::max(worst, bits & 0x7FFF'FFFFu);
  }
  return worst < 0x7F80'0000u;
}

inline std::span<const std::byte> bytes_of(const Tensor<Cpu>& value) {
  return std::as_bytes(std::span(value.data(), std::size_t(value.size())));
}

inline void check_finite(const WeightSource& source, const std::string& file) {
  const bool in_place = !source.floats.empty() || source.shape.elements() == 0;
  bool finite = true;
  const auto look = [&](std::span<const std::byte> part) { finite = finite && all_finite(part); };
  if (in_place) {
    use_in_parts(source.floats, source.mapped.get(), look);
  } else {
    look(bytes_of(source.read()));
  }
  if (finite) return;
  fail("[weights] '", file, "': '", source.name, "' holds a number that is not finite");
}

template <class B>
void fill(const Weight<B>& weight, const WeightSource& source, bool mmap) {
  if (weight.shape().elements() == 0) return;
  if constexpr (std::same_as<B, Cpu>) {
    const bool aligned = reinterpret_cast<std::uintptr_t>(source.floats.data()) % alignof(float) == 0;
    if (mmap && source.mapped && !source.floats.empty() && aligned) {
      weight.edit() = Tensor<Cpu>::mapped(weight.shape(), source.mapped, source.floats);
      return;
    }
  }
  if (weight.value().is_mapped()) weight.edit() = Tensor<B>::uninitialized(weight.shape());
  Tensor<B>& value = weight.edit();
  if (std::same_as<B, Cpu> && !source.floats.empty()) {
    copy_bytes(source.floats, source.mapped.get(), value.data());
    return;
  }
  Tensor<Cpu> numbers = source.floats.empty() ? source.read() : Tensor<Cpu>::uninitialized(source.shape);
  copy_bytes(source.floats, source.mapped.get(), numbers.data());
  Memory<B>::from_host(value.data(), numbers.data(), std::size_t(numbers.size()));
}

}  // namespace detail

/// The model's weights as the matching wants them.
template <class B>
std::vector<WeightShape> weight_shapes(const std::vector<NamedWeight<B>>& weights) {
  std::vector<WeightShape> shapes;
  for (const auto& [name, weight] : weights) shapes.push_back({name, weight.shape()});
  return shapes;
}

inline WeightMatch match_sources(std::span<const WeightShape> targets, std::span<const WeightSource> sources,
                                 const std::string& file, const LoadWeightsOptions& options) {
  std::vector<WeightShape> given;
  for (const WeightSource& source : sources) given.push_back({source.name, source.shape});
  return match_weights(targets, given, file, {options.by_name, options.skip_mismatch});
}

/// Weight i of `model.named_weights()` gets source match.source[i]. `probe`: the file's, where it carries one.
template <class B>
LoadReport load_matched(const Model<B>& model, std::span<const WeightSource> sources, WeightMatch match,
                        const std::string& file, const LoadWeightsOptions& options,
                        const std::optional<std::string>& probe) {
  const auto weights = model.named_weights();
  LoadReport report{0, std::move(match.prefix), {}, std::move(match.unused), std::move(match.mismatched)};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (match.source[i] == WeightMatch::none) {
      report.unmatched.push_back(weights[i].path);
    } else {
      ++report.matched;
      detail::check_finite(sources[match.source[i]], file);
    }
  }
  if (report.matched == 0 && match.misfits == 0 && !weights.empty())
    fail("[weights] '", file, "': nothing in it is of a layer of '", model.name(), "': it has ",
         sources.empty() ? "no tensors" : "'" + sources[0].name + "'", ", the model '", weights[0].path, "'");
  if (options.verify && !probe)
    fail("[weights] '", file, "' carries no probe to verify: save it with .probe = true");
  if (options.verify && !report.unmatched.empty())
    fail("[weights] '", file, "' cannot be verified: it has nothing for '", report.unmatched[0], "'");
  std::vector<Tensor<B>> before;
  if (options.verify) {
    for (const auto& named : weights) before.push_back(named.weight.value());
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (match.source[i] != WeightMatch::none)
      detail::fill(weights[i].weight, sources[match.source[i]], options.mmap);
  }
  if (!options.verify) return report;
  try {
    check_probe(model, *probe, file);
  } catch (...) {
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i].weight.edit() = std::move(before[i]);
    throw;
  }
  return report;
}

}  // namespace tanuki
