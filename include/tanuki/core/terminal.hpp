#pragma once

// Whether somebody is watching, and how wide the window is.

#include <cstdlib>
#include <iostream>

#include "tanuki/core/shape.hpp"

#if defined(_WIN32)
#include <io.h>
#else
#include <sys/ioctl.h>
#include <unistd.h>
#endif

namespace tanuki {

/// True for std::cout and std::cerr where they lead to a terminal.
inline bool is_terminal(const std::ostream& out) {
  const int file = &out == &std::cout ? 1 : &out == &std::cerr ? 2 : 0;
#if defined(_WIN32)
  return file && _isatty(file);
#else
  return file && isatty(file);
#endif
}

/// The width of standard output's terminal, else $COLUMNS, else 80.
inline Index terminal_columns() {
#if !defined(_WIN32)
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
#endif
  if (const char* text = std::getenv("COLUMNS")) {
    if (const long columns = std::atol(text); columns > 0 && columns < 10'000) return columns;
  }
  return 80;
}

}  // namespace tanuki
