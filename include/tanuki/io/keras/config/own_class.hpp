#pragma once

// Classes of the program that wrote a file. Keras' own have a module in "keras" and no registered_name with a package.

#include <string>

#include "tanuki/io/keras/config/json.hpp"

namespace tanuki::keras {

/// "Dense" of "mine>Dense", as a file of Keras 2 has for a class_name.
inline std::string without_package(const std::string& name) { return name.substr(name.rfind('>') + 1); }

/// "mine>Dense" or "__main__.Dense" where a layer's class is none of Keras', whatever it is called; else empty.
inline std::string own_class(const Json& layer, const std::string& type) {
  const auto text_of = [&](const char* key) {
    const Json* found = find_member(layer, key);
    return found && found->is_string() ? found->get<std::string>() : std::string();
  };
  for (const std::string& name : {text_of("registered_name"), type}) {
    if (name.find('>') != name.npos) return name;
  }
  const std::string module = text_of("module");
  return module.empty() || module.find("keras") != module.npos ? "" : module + "." + type;
}

/// What makes the class known that own_class() found, or another of this type.
inline std::string how_to_register(const std::string& own, const std::string& type) {
  const std::string name = without_package(type);
  const auto end = own.rfind('>');
  return "register_layer<" + name + ">(\"" + name + "\"" +
         (end == own.npos ? "" : ", \"" + own.substr(0, end) + "\"") + ")";
}

}  // namespace tanuki::keras
