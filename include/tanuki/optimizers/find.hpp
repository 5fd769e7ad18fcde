#pragma once

// Optimizers by their Keras names, in upper or lower case: "Adam", "rmsprop". (keras/src/optimizers/__init__.py)

#include <cctype>

#include "tanuki/optimizers/adadelta.hpp"
#include "tanuki/optimizers/adagrad.hpp"
#include "tanuki/optimizers/adam.hpp"
#include "tanuki/optimizers/adamax.hpp"
#include "tanuki/optimizers/nadam.hpp"
#include "tanuki/optimizers/rmsprop.hpp"
#include "tanuki/optimizers/schedules/find.hpp"
#include "tanuki/optimizers/sgd.hpp"

namespace tanuki {

/// visit.template operator()<O>() for every optimizer class O. Each has O::class_name(), O::Options with fields(), an
/// explicit constructor from it, and options().
template <class Visit>
void each_optimizer(Visit&& visit) {
  visit.template operator()<Adadelta>();
  visit.template operator()<Adagrad>();
  visit.template operator()<Adam>();
  visit.template operator()<Adamax>();
  visit.template operator()<AdamW>();
  visit.template operator()<Nadam>();
  visit.template operator()<RMSprop>();
  visit.template operator()<SGD>();
}

/// With its defaults. Throws Error, with the names that there are, for another one.
template <class B>
AnyOptimizer<B> find_optimizer(std::string_view name) {
  const auto lower = [](std::string_view text) {
    std::string small(text);
    for (char& c : small) c = char(std::tolower(static_cast<unsigned char>(c)));
    return small;
  };
  AnyOptimizer<B> found;
  std::string names;
  each_optimizer([&]<class O>() {
    if (lower(name) == lower(O::class_name())) found = O();
    names += (names.empty() ? "" : ", ") + lower(O::class_name());
  });
  if (!found) fail("there is no optimizer '", name, "', expected one of ", names);
  return found;
}

/// visit(options) with the options of an optimizer of Keras', its learning rate as it is now; false for another one.
template <class B, class Visit>
bool visit_options(const AnyOptimizer<B>& optimizer, Visit&& visit) {
  bool visited = false;
  each_optimizer([&]<class O>() {
    const O* rule = optimizer.template get<O>();
    if (!rule) return;
    auto options = rule->options();
    options.learning_rate = optimizer.learning_rate_source();
    visit(options);
    visited = true;
  });
  return visited;
}

}  // namespace tanuki
