#pragma once

// What Keras keeps for a whole process: the seed that everything random starts from, the dtype policy, and the
// counters behind automatic layer names. The rest of the library's global state: the default context
// (context.hpp), the memory limit (configure.hpp) and who can give memory back (memory.hpp), and which decoder
// reads JPEG (data/decode.hpp).

#include <map>
#include <mutex>
#include <string>

#include "tanuki/core/random.hpp"

namespace tanuki {

/// What convolutions and matrix products compute in. mixed_bfloat16: the factors are rounded to bfloat16, forward
/// and backward; sums, weights, activations and the optimizer's numbers stay float32.
enum class DtypePolicy { float32, mixed_bfloat16 };

/// Keras' name of it.
inline const char* to_string(DtypePolicy policy) {
  return policy == DtypePolicy::float32 ? "float32" : "mixed_bfloat16";
}

namespace detail {

struct Session {
  std::mutex mutex;
  std::uint64_t seed = 0;
  DtypePolicy dtype_policy = DtypePolicy::float32;
  std::map<std::string, int, std::less<>> names;
  std::map<std::string, std::uint64_t> streams;
};

inline Session& session() {
  static Session session;
  return session;
}

}  // namespace detail

/// Seeds initial weights, augmentation, dropout and shuffling (keras.utils.set_random_seed). Weights are drawn by the layers'
/// names: to make the same model again, clear_session(), so that layers without a name get the same ones.
inline void set_random_seed(std::uint64_t seed) {
  std::lock_guard lock(detail::session().mutex);
  detail::session().seed = seed;
  detail::session().streams.clear();
}

inline std::uint64_t random_seed() {
  std::lock_guard lock(detail::session().mutex);
  return detail::session().seed;
}

/// The policy of the layers made from now on, which each keeps: "float32" or "mixed_bfloat16"
/// (keras.config.set_dtype_policy). Throws Error for another name.
inline void set_dtype_policy(std::string_view name) {
  if (name != "float32" && name != "mixed_bfloat16")
    fail("[set_dtype_policy] '", name, "' is not known, expected float32 or mixed_bfloat16");
  std::lock_guard lock(detail::session().mutex);
  detail::session().dtype_policy = name == "float32" ? DtypePolicy::float32 : DtypePolicy::mixed_bfloat16;
}

inline DtypePolicy dtype_policy() {
  std::lock_guard lock(detail::session().mutex);
  return detail::session().dtype_policy;
}

/// A random stream for a label, another one at each call since set_random_seed().
inline Random unique_random(const std::string& label) {
  std::lock_guard lock(detail::session().mutex);
  const std::uint64_t count = detail::session().streams[label]++;
  const Random random = Random{detail::session().seed, 0}.fork(hash(label));
  return count ? random.fork(count) : random;
}

/// Automatic names start again at the first (keras.utils.clear_session).
inline void clear_session() {
  std::lock_guard lock(detail::session().mutex);
  detail::session().names.clear();
}

/// "dense", then "dense_1", "dense_2" …
inline std::string unique_name(std::string_view base) {
  std::lock_guard lock(detail::session().mutex);
  const int count = detail::session().names[std::string(base)]++;
  return count ? std::string(base) + "_" + std::to_string(count) : std::string(base);
}

/// Keras' automatic name of a class: "Conv2D" is "conv2d", "SeparableConv2D" is "separable_conv2d".
inline std::string snake_case(std::string_view name) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto lower = [](char c) { return (c >= 'a' && c <= 'z'); };
  std::string text;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool starts_word =
        upper(name[i]) && i > 0 && (lower(name[i - 1]) || (i + 1 < name.size() && lower(name[i + 1])));
    if (starts_word) text += '_';
    text += upper(name[i]) ? char(name[i] - 'A' + 'a') : name[i];
  }
  return text;
}

}  // namespace tanuki
