#pragma once

// Losses by their Keras names: "BinaryCrossentropy", "binary_crossentropy", "bce". (keras/src/losses/__init__.py)

#include "tanuki/losses/binary_focal_crossentropy.hpp"
#include "tanuki/losses/categorical_focal_crossentropy.hpp"
#include "tanuki/losses/categorical_hinge.hpp"
#include "tanuki/losses/cosine_similarity.hpp"
#include "tanuki/losses/crossentropy.hpp"
#include "tanuki/losses/dice.hpp"
#include "tanuki/losses/hinge.hpp"
#include "tanuki/losses/huber.hpp"
#include "tanuki/losses/kl_divergence.hpp"
#include "tanuki/losses/log_cosh.hpp"
#include "tanuki/losses/mean_absolute_error.hpp"
#include "tanuki/losses/mean_absolute_percentage_error.hpp"
#include "tanuki/losses/mean_squared_error.hpp"
#include "tanuki/losses/mean_squared_logarithmic_error.hpp"
#include "tanuki/losses/poisson.hpp"
#include "tanuki/losses/squared_hinge.hpp"
#include "tanuki/losses/tversky.hpp"

namespace tanuki {

/// visit.template operator()<L>(function) for every loss class L and the name of its function in Keras. Each has
/// L::class_name(), L::Options with fields(), an explicit constructor from it, and options().
template <class Visit>
void each_loss(Visit&& visit) {
  const auto one = [&]<class L>(const char* function) { visit.template operator()<L>(function); };
  one.template operator()<BinaryCrossentropy>("binary_crossentropy");
  one.template operator()<BinaryFocalCrossentropy>("binary_focal_crossentropy");
  one.template operator()<CategoricalCrossentropy>("categorical_crossentropy");
  one.template operator()<CategoricalFocalCrossentropy>("categorical_focal_crossentropy");
  one.template operator()<CategoricalHinge>("categorical_hinge");
  one.template operator()<CosineSimilarity>("cosine_similarity");
  one.template operator()<Dice>("dice");
  one.template operator()<Hinge>("hinge");
  one.template operator()<Huber>("huber");
  one.template operator()<KLDivergence>("kl_divergence");
  one.template operator()<LogCosh>("log_cosh");
  one.template operator()<MeanAbsoluteError>("mean_absolute_error");
  one.template operator()<MeanAbsolutePercentageError>("mean_absolute_percentage_error");
  one.template operator()<MeanSquaredError>("mean_squared_error");
  one.template operator()<MeanSquaredLogarithmicError>("mean_squared_logarithmic_error");
  one.template operator()<Poisson>("poisson");
  one.template operator()<SparseCategoricalCrossentropy>("sparse_categorical_crossentropy");
  one.template operator()<SquaredHinge>("squared_hinge");
  one.template operator()<Tversky>("tversky");
}

namespace detail {

/// Keras' short names, of losses and metrics; any other name as it is.
inline std::string_view spell_out(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> shorts[] = {
      {"bce", "binary_crossentropy"}, {"kld", "kl_divergence"},
      {"mae", "mean_absolute_error"}, {"mape", "mean_absolute_percentage_error"},
      {"mse", "mean_squared_error"},  {"msle", "mean_squared_logarithmic_error"},
      {"BCE", "binary_crossentropy"}, {"KLD", "kl_divergence"},
      {"MAE", "mean_absolute_error"}, {"MAPE", "mean_absolute_percentage_error"},
      {"MSE", "mean_squared_error"},  {"MSLE", "mean_squared_logarithmic_error"},
  };
  for (const auto& [brief, full] : shorts) {
    if (brief == name) return full;
  }
  return name;
}

}  // namespace detail

/// With its defaults. Throws Error, with the names that there are, for another one.
template <class B>
AnyLoss<B> find_loss(std::string_view name) {
  if (name == "crossentropy" || name == "ce") return Crossentropy(std::string(name));
  AnyLoss<B> found;
  std::string names = "crossentropy";
  each_loss([&]<class L>(std::string_view function) {
    if (name == L::class_name() || detail::spell_out(name) == function) found = L();
    names += ", " + std::string(function);
  });
  if (!found) fail("there is no loss '", name, "', expected one of ", names, ", or its class name");
  return found;
}

}  // namespace tanuki
