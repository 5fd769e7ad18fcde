#pragma once

// The exception that every bad input ends in, and the one way to throw it.

#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>
#include <typeinfo>

namespace tanuki {

/// Bad input: the message names the file or the layer, what was given and what was expected.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A loss or a gradient that is not finite, in a training step that changed nothing.
class NotFinite : public Error {
 public:
  using Error::Error;
};

/// There is no GPU, or no driver or library for it. No Error: it is not the input's fault, and no layer's path belongs in front.
class NoDevice : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// In a catch of std::exception: throws an Error that says the same behind `where`, but a NoDevice as it is. Nested in it
/// (std::rethrow_if_nested) is what somebody else's code threw, a class derived from Error, or what was nested in an Error.
[[noreturn]] inline void fail_in(const std::string& where, const std::exception& error) {
  if (dynamic_cast<const NoDevice*>(&error)) throw;
  const Error longer(where + error.what());
  if (typeid(error) == typeid(Error)) throw longer;
  const auto* carrier = dynamic_cast<const std::nested_exception*>(&error);
  if (!carrier || !carrier->nested_ptr() || !dynamic_cast<const Error*>(&error))
    std::throw_with_nested(longer);
  try {
    carrier->rethrow_nested();
  } catch (...) {
    std::throw_with_nested(longer);
  }
}

/// Throws Error with all `parts` written one after the other.
template <class... Parts>
[[noreturn]] void fail(const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(message.str());
}

}  // namespace tanuki
