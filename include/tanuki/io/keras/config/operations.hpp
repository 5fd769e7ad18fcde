#pragma once

// Operations that are no layers in a functional model's config: x + 3., a * b, keras.ops.relu(x) (module
// keras.src.ops.numpy or nn). In the model each is a layer, BinaryOperation or UnaryOperation, of the operation's name.

#include "tanuki/io/keras/config/field_reader.hpp"
#include "tanuki/io/keras/config/field_writer.hpp"
#include "tanuki/io/keras/config/inbound.hpp"
#include "tanuki/layers/binary_operation.hpp"
#include "tanuki/layers/unary_operation.hpp"

namespace tanuki::keras {

inline bool is_operation(const Json& layer) {
  const Json* module = find_member(layer, "module");
  if (!module || !module->is_string()) return false;
  const std::string name = module->get<std::string>();
  return name.starts_with("keras.src.ops") || name.starts_with("keras.ops");
}

/// The layer that does what a call of an operation does. Throws Error where it is not known.
template <class B>
std::shared_ptr<const Layer<B>> make_operation(const Json& json, const std::string& name,
                                               const CallRecord& call) {
  const std::string operation = text(member(json, "class_name", "the operation"), "its 'class_name'");
  const auto& arguments = call.arguments;
  const auto is_tensor = [&](std::size_t i) { return arguments[i].tensors.size() == 1; };
  if (!call.keywords.empty())
    fail("a call of it has the argument '", call.keywords.begin()->first, "', which is not supported");
  if (arguments.size() == 1 && is_tensor(0) && is_unary_operation(operation)) {
    UnaryOperationOptions options{.operation = operation, .name = name};
    FieldReader reader(member(json, "config", "the operation"), "");
    fields(reader, options);
    return std::make_shared<UnaryOperation<B>>(std::move(options));
  }
  if (arguments.size() == 2 && is_binary_operation(operation) && (is_tensor(0) || is_tensor(1))) {
    BinaryOperationOptions options{.operation = operation, .name = name};
    if (!is_tensor(0) || !is_tensor(1)) {
      options.scalar_first = !is_tensor(0);
      options.scalar = number(arguments[options.scalar_first ? 0 : 1].constant, "its argument");
    }
    return std::make_shared<BinaryOperation<B>>(std::move(options));
  }
  fail("the operation '", operation, "' with these ", arguments.size(), " arguments is not supported");
}

/// The config of a layer that stands for an operation; null for any other layer.
template <class B>
Json write_operation(const Layer<B>& layer) {
  Json config{{"name", layer.name()}};
  const char* module = "keras.src.ops.numpy";
  if (const auto* unary = dynamic_cast<const UnaryOperation<B>*>(&layer)) {
    auto options = unary->options();
    FieldWriter writer(config);
    fields(writer, options);
    const bool numpy = options.operation == "Negative" || options.operation == "Absolute" ||
                       options.operation == "Square" || options.operation == "Sqrt" ||
                       options.operation == "Exp";
    if (!numpy) module = "keras.src.ops.nn";
  } else if (!dynamic_cast<const BinaryOperation<B>*>(&layer)) {
    return nullptr;
  }
  return {{"module", module},
          {"class_name", layer.class_name()},
          {"config", std::move(config)},
          {"registered_name", layer.class_name()}};
}

/// The positional arguments of its call; null for any other layer.
template <class B>
Json operation_arguments(const Layer<B>& layer, const Json& tensors) {
  const auto* binary = dynamic_cast<const BinaryOperation<B>*>(&layer);
  if (!binary) return nullptr;
  const BinaryOperationOptions& options = binary->options();
  if (!options.scalar) return tensors;
  Json args = Json::array({tensors[0], *options.scalar});
  if (options.scalar_first) std::swap(args[0], args[1]);
  return args;
}

}  // namespace tanuki::keras
