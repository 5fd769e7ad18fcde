#pragma once

// An initializer from its serialised form. (keras/src/initializers/__init__.py)

#include <string_view>

#include "tanuki/core/initializers/constant.hpp"
#include "tanuki/core/initializers/orthogonal.hpp"
#include "tanuki/core/initializers/variance_scaling.hpp"

namespace tanuki {

namespace detail {

/// What a config gives; each option may be asked for once, and what nobody asked for is an error.
class InitializerConfig {
 public:
  InitializerConfig(std::string_view name, std::vector<std::pair<std::string, double>> numbers,
                    std::vector<std::pair<std::string, std::string>> words)
      : name_(name), numbers_(std::move(numbers)), words_(std::move(words)) {}

  double number(std::string_view key, double otherwise) { return take(numbers_, key, otherwise); }
  std::string word(std::string_view key, std::string otherwise) { return take(words_, key, otherwise); }

  Initializer checked(Initializer made) const {
    const auto refuse = [&](const std::string& key) {
      fail("[initializer] ", name_, " has no option '", key, "' of this type");
    };
    for (const auto& [key, value] : numbers_) refuse(key);
    for (const auto& [key, value] : words_) refuse(key);
    return made;
  }

 private:
  template <class Value>
  static Value take(std::vector<std::pair<std::string, Value>>& from, std::string_view key, Value otherwise) {
    for (auto entry = from.begin(); entry != from.end(); ++entry) {
      if (entry->first != key) continue;
      Value value = std::move(entry->second);
      from.erase(entry);
      return value;
    }
    return otherwise;
  }

  std::string name_;
  std::vector<std::pair<std::string, double>> numbers_;
  std::vector<std::pair<std::string, std::string>> words_;
};

}  // namespace detail

/// `name` is Keras' class name, its snake_case form or one of Keras' short names: "HeNormal", "he_normal",
/// "uniform". `config` and `words` are the serialised options without seed and without nulls; what is missing has
/// Keras' default. Throws Error for an unknown name, option or value.
inline Initializer find_initializer(std::string_view name,
                                    std::vector<std::pair<std::string, double>> config = {},
                                    std::vector<std::pair<std::string, std::string>> words = {}) {
  detail::InitializerConfig given(name, std::move(config), std::move(words));
  const auto is = [&](auto... names) { return ((name == names) || ...); };
  if (is("Zeros", "zeros", "zero")) return given.checked(zeros());
  if (is("Ones", "ones", "one")) return given.checked(ones());
  if (is("Constant", "constant")) return given.checked(constant(given.number("value", 0)));
  if (is("Identity", "identity", "IdentityInitializer"))
    return given.checked(identity({.gain = given.number("gain", 1)}));
  if (is("RandomUniform", "random_uniform", "uniform")) {
    const double low = given.number("minval", -0.05), high = given.number("maxval", 0.05);
    return given.checked(random_uniform({low, high}));
  }
  if (is("RandomNormal", "random_normal", "normal", "TruncatedNormal", "truncated_normal")) {
    const double mean = given.number("mean", 0), deviation = given.number("stddev", 0.05);
    const bool truncated = is("TruncatedNormal", "truncated_normal");
    return given.checked(truncated ? truncated_normal({mean, deviation}) : random_normal({mean, deviation}));
  }
  if (is("VarianceScaling", "variance_scaling")) {
    VarianceScalingOptions options;
    options.scale = given.number("scale", options.scale);
    options.mode = given.word("mode", options.mode);
    options.distribution = given.word("distribution", options.distribution);
    return given.checked(variance_scaling(std::move(options)));
  }
  if (is("GlorotUniform", "glorot_uniform")) return given.checked(glorot_uniform());
  if (is("GlorotNormal", "glorot_normal")) return given.checked(glorot_normal());
  if (is("HeUniform", "he_uniform")) return given.checked(he_uniform());
  if (is("HeNormal", "he_normal")) return given.checked(he_normal());
  if (is("LecunUniform", "lecun_uniform")) return given.checked(lecun_uniform());
  if (is("LecunNormal", "lecun_normal")) return given.checked(lecun_normal());
  if (is("Orthogonal", "orthogonal", "OrthogonalInitializer"))
    return given.checked(orthogonal({.gain = given.number("gain", 1)}));
  fail("[initializer] unknown class '", name,
       "': expected Zeros, Ones, Constant, Identity, RandomUniform, RandomNormal, TruncatedNormal, "
       "VarianceScaling, "
       "GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal or Orthogonal");
}

inline Initializer::Initializer(const char* name) : Initializer(find_initializer(name)) {}
inline Initializer::Initializer(const std::string& name) : Initializer(find_initializer(name)) {}

}  // namespace tanuki
