#pragma once

// Work on a file from a stranger in a process of its own: should a library crash on it, we say which file it
// was.

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "tanuki/core/error.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace tool {

/// 0, or 1 after an exception, whose message is printed; 3 where there is no GPU.
template <class Work>
int report_errors(Work work) {
  try {
    work();
    return 0;
  } catch (const tanuki::NoDevice& error) {
    std::cerr << "tanuki: --backend cuda: " << error.what() << '\n';
    return 3;
  } catch (const std::exception& error) {
    std::cerr << "tanuki: " << error.what() << '\n';
    return 1;
  }
}

/// `limited`: to two minutes of computing.
template <class Work>
int in_own_process(const std::string& file, Work work, bool limited = true) {
#if defined(__unix__) || defined(__APPLE__)
  std::cout.flush();
  const pid_t child = fork();
  if (child == 0) {
    const rlimit seconds{120, 120};  // of computing: a gigabyte takes some five
    if (limited) setrlimit(RLIMIT_CPU, &seconds);
    std::signal(SIGXFSZ, SIG_IGN);  // a file too large for the user's limit is then an error of writing it
    const int code = report_errors(work);
    std::cout.flush();
    std::_Exit(code);
  }
  int status = 0;
  if (child > 0) {
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    const int signal = WTERMSIG(status);
    const bool crash =
        signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE || signal == SIGILL;
    return report_errors([&] {
      if (signal == SIGXCPU)
        tanuki::fail("'", file, "': given up after two minutes of computing; is it damaged?");
      tanuki::fail(
          "'", file,
          crash ? "' is damaged: reading it was ended by signal " : "': work on it was ended by signal ",
          signal);
    });
  }
#endif
  (void)file;
  return report_errors(work);
}

}  // namespace tool
