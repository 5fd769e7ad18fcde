#pragma once

// A backend is a tag type. What it must provide: Memory<B> (memory.hpp), Context<B> (context.hpp), and the
// kernel struct that each file in ops/ declares.

namespace tanuki {

/// The CPU backend, in `tanuki/tanuki.hpp`.
struct Cpu;

/// For the static_assert of a primary template: false, but only once it is instantiated.
template <class B>
inline constexpr bool backend_missing = false;

}  // namespace tanuki
