#pragma once

// How a class of layers is made from its config, and its config from it. tanuki's own are listed in own_layers.hpp; a
// program adds its own:
//
//   register_layer<MyLayer>("MyLayer");              // template <class B> class MyLayer, or class MyLayer
//   register_layer<MyLayer>("MyLayer", "package");   // Keras' register_keras_serializable(package="package"), whose
//                                                    // own default is "Custom"
//
// where the layer has options() and, beside the options, fields() (see layers/dense.hpp), or takes LayerOptions or a
// name and nothing else.

#include <functional>
#include <map>
#include <memory>

#include "tanuki/io/keras/config/field_reader.hpp"
#include "tanuki/io/keras/config/field_writer.hpp"
#include "tanuki/layers/layer.hpp"

namespace tanuki {

template <class B>
struct LayerRecipe {
  std::function<std::shared_ptr<const Layer<B>>(keras::FieldReader&, const std::string& name)> make;
  std::function<void(keras::FieldWriter&, const Layer<B>&)> write;
  std::string module = {};  ///< where Keras finds the class: "keras.layers"; empty for a program's own
  std::string registered_name = {};  ///< by which Keras knows it: "package>MyLayer"; empty where it has none
};

namespace keras {

/// What fields() is called with before anything is known of the options.
template <class L>
concept WithOptions = requires(const L& layer) {
  layer.options();
};

template <class L>
using OptionsOf = std::remove_cvref_t<decltype(std::declval<const L&>().options())>;

template <class Options, class Field>
void visit_fields(Field& field, Options& options) {
  if constexpr (requires { fields(field, options); }) {
    fields(field, options);
  } else {
    static_assert(
        std::same_as<Options, LayerOptions>,
        "write template <class Field> void fields(Field& field, YourOptions& options) beside the options: "
        "field(\"name\", options.member) for each");
  }
}

template <class L>
LayerRecipe<typename L::Backend> recipe_of() {
  using B = typename L::Backend;
  LayerRecipe<B> recipe;
  recipe.make = [](FieldReader& reader, const std::string& name) -> std::shared_ptr<const Layer<B>> {
    if constexpr (WithOptions<L>) {
      OptionsOf<L> options{};
      visit_fields(reader, options);
      reader.finish();
      options.name = name;
      return std::make_shared<L>(std::move(options));
    } else {
      reader.finish();
      if constexpr (std::is_constructible_v<L, LayerOptions>) {
        return std::make_shared<L>(LayerOptions{name});
      } else {
        static_assert(std::is_constructible_v<L, std::string>,
                      "a registered layer has options(), or takes LayerOptions or a name");
        return std::make_shared<L>(name);
      }
    }
  };
  recipe.write = [](FieldWriter& writer, const Layer<B>& layer) {
    if constexpr (WithOptions<L>) {
      const auto* own = dynamic_cast<const L*>(&layer);
      if (!own)
        fail("in layer '", layer.name(), "': it is not of the class that register_layer made known as ",
             layer.class_name());
      auto options = own->options();
      visit_fields(writer, options);
    } else {
      (void)writer, (void)layer;
    }
  };
  return recipe;
}

template <class B>
void add_own_layers(std::map<std::string, LayerRecipe<B>>& registry);  // own_layers.hpp

}  // namespace keras

/// By Keras' class name. Not to be changed while another thread loads or saves.
template <class B>
std::map<std::string, LayerRecipe<B>>& layer_registry() {
  static std::map<std::string, LayerRecipe<B>> registry = [] {
    std::map<std::string, LayerRecipe<B>> own;
    keras::add_own_layers(own);
    return own;
  }();
  return registry;
}

/// A file's own module and registered_name go before the package.
template <class L>
requires std::derived_from<L, Layer<typename L::Backend>>
void register_layer(const std::string& class_name, const std::string& package = {}) {
  auto recipe = keras::recipe_of<L>();
  recipe.registered_name = package.empty() ? class_name : package + ">" + class_name;
  layer_registry<typename L::Backend>()[class_name] = std::move(recipe);
}
template <template <class> class L, class B = Cpu>
void register_layer(const std::string& class_name, const std::string& package = {}) {
  register_layer<L<B>>(class_name, package);
}

}  // namespace tanuki
