#pragma once

// A shared library that is opened when it is first needed, so that a program starts where it is missing, and does not
// pay for it while it stays on the CPU: the static initialisers of cuBLASLt alone take some 130 MiB.

#include <dlfcn.h>

#include "tanuki/core/error.hpp"

namespace tanuki::gpu {

#ifdef TANUKI_CUDA_LIBRARY_DIR
inline constexpr const char* toolkit_folder = TANUKI_CUDA_LIBRARY_DIR;
#else
inline constexpr const char* toolkit_folder = "";
#endif

class Library {
 public:
  /// `file` wherever the loader looks, then in `folder` unless that is empty; `what` is how a reader knows it. Throws
  /// NoDevice with what the loader says of each. Never closed: its static objects may outlive ours.
  Library(const std::string& what, const std::string& file, const std::string& folder = toolkit_folder) {
    handle_ = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_) return;
    std::string said = loader_says();
    if (!folder.empty()) {
      handle_ = dlopen((folder + "/" + file).c_str(), RTLD_NOW | RTLD_LOCAL);
      if (handle_) return;
      said += "; " + loader_says();
    }
    throw NoDevice("no GPU can be used: " + what + " cannot be opened: " + said);
  }

  /// The address of a function, which becomes a pointer of any type.
  class Function {
   public:
    explicit Function(void* address) : address_(address) {}
    template <class Type>
    operator Type*() const {
      return reinterpret_cast<Type*>(address_);
    }

   private:
    void* address_;
  };

  /// Throws NoDevice where there is none of this name.
  Function function(const char* name) const {
    void* found = dlsym(handle_, name);
    if (!found) throw NoDevice("no GPU can be used: " + loader_says());
    return Function(found);
  }

 private:
  /// A sentence that names the file.
  static std::string loader_says() {
    const char* sentence = dlerror();
    return sentence ? sentence : "the loader gives no reason";
  }

  void* handle_ = nullptr;
};

}  // namespace tanuki::gpu
