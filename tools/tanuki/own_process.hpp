#pragma once

// Work on a file from a stranger in a process of its own: should a library crash on it, we say which file it
// was.

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <optional>
#include <string>

#include "tanuki/core/error.hpp"
#include "tanuki/reading_limit.hpp"

#if defined(__unix__) || defined(__APPLE__)
#include <sys/wait.h>
#include <unistd.h>
#endif
#if defined(__linux__)
#include <sys/prctl.h>
#endif

namespace tool {

/// 0, or 1 after an exception, whose message is printed; 3 where there is no GPU.
template <class Work>
int report_errors(Work work) {
  try {
    work();
    if (!std::cout.flush()) tanuki::fail("cannot write to standard output: ", std::strerror(errno));
    return 0;
  } catch (const tanuki::NoDevice& error) {
    std::cerr << "tanuki: --backend cuda: " << error.what() << '\n';
    return 3;
  } catch (const std::exception& error) {
    std::cerr << "tanuki: " << error.what() << '\n';
    return 1;
  }
}

/// `limited`: all of it is reading.
template <class Work>
int in_own_process(const std::string& file, Work work, bool limited = true) {
#if defined(__unix__) || defined(__APPLE__)
  std::cout.flush();
#if defined(__linux__)
  const pid_t parent = getpid();
#endif
  const pid_t child = fork();
  if (child == 0) {
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // whoever ends this program ends the work
    if (getppid() != parent) std::_Exit(1);
#endif
    std::optional<ReadingLimit> limit;
    if (limited) limit.emplace(file);
    std::signal(SIGXFSZ, SIG_IGN);  // a file too large for the user's limit is then an error of writing it
    std::_Exit(report_errors(work));
  }
  int status = 0;
  if (child > 0) {
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    const int signal = WTERMSIG(status);
    if (signal == SIGPIPE) {  // nobody reads on: this program ends as any other, without a word
      std::signal(SIGPIPE, SIG_DFL);
      std::raise(SIGPIPE);
    }
    const bool crash =
        signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT || signal == SIGFPE || signal == SIGILL;
    return report_errors([&] {
      if (signal == SIGXCPU)
        tanuki::fail("'", file, "': given up after ", reading_seconds(file),
                     " seconds of reading it; is it damaged?");
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
