#pragma once

// Errors of what is done with a file, with the file's name.

#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tanuki/io/keras/config/json.hpp"

namespace tanuki::keras {

/// Runs `read`, or what writes; whatever it throws becomes an Error that names the file.
template <class Read>
auto of_file(const std::string& path, Read read) {
  const std::string start = "[keras] '" + path + "': ";
  try {
    return read();
  } catch (const Error& error) {
    if (std::string_view(error.what()).find("'" + path) != std::string_view::npos) throw;
    fail(start, error.what());
  } catch (const std::bad_alloc&) {
    fail(start, "there is no room for it in memory");
  } catch (const std::length_error&) {
    fail(start, "there is no room for it in memory");
  } catch (const Json::exception& error) {
    fail(start, "its config is damaged: ", error.what());
  }
}

}  // namespace tanuki::keras
