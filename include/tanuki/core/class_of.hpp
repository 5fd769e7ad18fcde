#pragma once

// Of which class a member function is that a class may have inherited.

#include <type_traits>

namespace tanuki {

namespace detail {

template <class Class, class Result, class... Parameters>
Class class_of(Result (Class::*)(Parameters...) const);

}  // namespace detail

/// Whether `shortcut` does what `plain` does: it does not where a class derives from the one that has the shortcut and writes
/// another `plain`. Both are constant member functions.
template <auto plain, auto shortcut>
inline constexpr bool stands_for =
    std::is_base_of_v<decltype(detail::class_of(plain)), decltype(detail::class_of(shortcut))>;

}  // namespace tanuki
