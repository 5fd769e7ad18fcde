#pragma once

// Classes of the program that wrote a file. Keras' own have a module of Keras, or in old files none.

#include <string>

#include "tanuki/io/keras/config/json.hpp"

namespace tanuki::keras {

/// "Dense" of "mine>Dense", as a file of Keras 2 has for a class_name.
inline std::string without_package(const std::string& name) { return name.substr(name.rfind('>') + 1); }

/// "mine>Dense" where the file names the package, else what it has, or nothing.
inline std::string registered_name(const Json& object, const std::string& type) {
  if (type.find('>') != type.npos) return type;
  const Json* found = find_member(object, "registered_name");
  return found && found->is_string() ? found->get<std::string>() : "";
}

/// "mine>Dense" or "__main__.Dense" where the class of a layer or another object is none of Keras', whatever it is
/// called; else empty. A module of Keras goes before a registered_name, as in Keras where nobody has registered
/// that. Without a module (Keras leaves __main__ out) only a program's own class has a registered_name. Functions
/// are all of the module "builtins".
inline std::string own_class(const Json& object, const std::string& type) {
  if (type.find('>') != type.npos) return type;
  const std::string registered = registered_name(object, type);
  const Json* found = find_member(object, "module");
  const std::string module = found && found->is_string() ? found->get<std::string>() : "";
  const std::string package = module.substr(0, module.find('.'));
  for (const char* known : {"keras", "tf_keras", "keras_core", "tensorflow", "builtins"}) {
    if (package == known) return "";
  }
  return module.empty() || registered.find('>') != registered.npos ? registered : module + "." + type;
}

/// Throws Error where an object of a kind that a program cannot make known, `what`, is none of Keras'.
inline void refuse_own_class(const Json& object, const std::string& type, const std::string& what) {
  if (const std::string own = own_class(object, type); !own.empty())
    fail(what, " is '", own, "', of the program that wrote the file, which is not supported");
}

/// What makes the class known that own_class() found, or another of this type.
inline std::string how_to_register(const std::string& own, const std::string& type) {
  const std::string name = without_package(type);
  const auto end = own.rfind('>');
  return "register_layer<" + name + ">(\"" + name + "\"" +
         (end == own.npos ? "" : ", \"" + own.substr(0, end) + "\"") + ")";
}

}  // namespace tanuki::keras
