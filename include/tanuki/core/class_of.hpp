#pragma once

// Of which class a member function is that a class may have inherited.

#include <type_traits>

namespace tanuki {

namespace detail {

template <class Class, class Result, class... Parameters>
Class class_of(Result (Class::*)(Parameters...) const);

}  // namespace detail

/// Whether `shortcut` does what `plain` does: it does not where a class derives from the one that has the shortcut and writes
/// another `plain`. False for what are no constant member functions.
template <auto plain, auto shortcut>
concept StandsFor = requires {
  detail::class_of(plain);
  detail::class_of(shortcut);
  requires std::is_base_of_v<decltype(detail::class_of(plain)), decltype(detail::class_of(shortcut))>;
};

}  // namespace tanuki
