#pragma once

// Whether files can be had through POSIX (file descriptors, mmap, fsync): then TANUKI_POSIX_FILES is defined.

#if defined(__unix__) || defined(__APPLE__)
#define TANUKI_POSIX_FILES 1
#include <fcntl.h>
#include <unistd.h>
#endif
