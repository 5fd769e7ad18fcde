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

#include <algorithm>
#include <functional>
#include <memory>
#include <typeindex>
#include <vector>

#include "tanuki/io/keras/config/field_reader.hpp"
#include "tanuki/io/keras/config/field_writer.hpp"
#include "tanuki/io/keras/config/own_class.hpp"
#include "tanuki/layers/layer.hpp"

namespace tanuki {

template <class B>
struct LayerRecipe {
  std::type_index type;    ///< of the layers that it writes
  std::string class_name;  ///< Keras'
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
LayerRecipe<typename L::Backend> recipe_of(const std::string& class_name) {
  using B = typename L::Backend;
  LayerRecipe<B> recipe{.type = typeid(L), .class_name = class_name, .make = {}, .write = {}};
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
      auto options = static_cast<const L&>(layer).options();
      visit_fields(writer, options);
    } else {
      (void)writer, (void)layer;
    }
  };
  return recipe;
}

}  // namespace keras

/// The classes of layers that a Keras file may hold: Keras' own, and a program's, which may be called as one of
/// Keras'.
template <class B>
class LayerRegistry {
 public:
  /// In place of an earlier recipe of the same names.
  void add(LayerRecipe<B> recipe) {
    std::erase_if(recipes_, [&](const LayerRecipe<B>& known) {
      return known.class_name == recipe.class_name && known.module == recipe.module &&
             known.registered_name == recipe.registered_name;
    });
    recipes_.push_back(std::move(recipe));
  }

  /// For a layer that is to be written, whose class is exactly this one: the newest; null where there is none.
  const LayerRecipe<B>* of_layer(const Layer<B>& layer) const {
    return newest([&, type = std::type_index(typeid(layer))](const LayerRecipe<B>& known) {
      return known.type == type && known.class_name == layer.class_name();
    });
  }

  /// For a layer in a file: whom its registered_name names, package and all; then, where it is none of Keras' or
  /// the file says a class name and nothing else, whom the program made known without a package; then Keras' own.
  /// Null where there is none.
  const LayerRecipe<B>* of_file(const keras::Json& layer, const std::string& type) const {
    const std::string registered = keras::registered_name(layer, type), name = keras::without_package(type);
    const bool of_keras = keras::own_class(layer, type).empty(),
               packaged = registered.find('>') != registered.npos;
    const bool bare = registered.empty() && !keras::find_member(layer, "module");
    const LayerRecipe<B>* found = packaged || !of_keras ? of_program(registered) : nullptr;
    if (!found && (bare || !of_keras)) found = of_program(name);
    // Keras 2 puts the layers that its applications alone have where a program's are without a package.
    if (!found && (of_keras || registered == "Custom>" + name)) {
      found = newest([&](const LayerRecipe<B>& known) {
        return known.class_name == name && !known.module.empty() &&
               (of_keras || known.module != "keras.layers");
      });
    }
    return found || !of_keras ? found : of_program(name);
  }

 private:
  template <class Fits>
  const LayerRecipe<B>* newest(const Fits& fits) const {
    const auto found = std::find_if(recipes_.rbegin(), recipes_.rend(), fits);
    return found == recipes_.rend() ? nullptr : &*found;
  }

  const LayerRecipe<B>* of_program(const std::string& registered) const {
    return newest([&](const LayerRecipe<B>& known) {
      return known.module.empty() && known.registered_name == registered;
    });
  }

  std::vector<LayerRecipe<B>> recipes_;
};

namespace keras {

template <class B>
void add_own_layers(LayerRegistry<B>& registry);  // own_layers.hpp

}  // namespace keras

/// Not to be changed while another thread loads or saves.
template <class B>
LayerRegistry<B>& layer_registry() {
  static LayerRegistry<B> registry = [] {
    LayerRegistry<B> own;
    keras::add_own_layers(own);
    return own;
  }();
  return registry;
}

/// Without a package for any that a file names, else for this one alone; when such a layer is saved, the file's
/// own module and registered_name go before it. Keras' layer of the same class name, if there is one, stays known
/// beside it.
template <class L>
requires std::derived_from<L, Layer<typename L::Backend>>
void register_layer(const std::string& class_name, const std::string& package = {}) {
  if (class_name.empty()) fail("[register_layer] the name of the class is empty");
  auto recipe = keras::recipe_of<L>(class_name);
  recipe.registered_name = package.empty() ? class_name : package + ">" + class_name;
  layer_registry<typename L::Backend>().add(std::move(recipe));
}
template <template <class> class L, class B = Cpu>
void register_layer(const std::string& class_name, const std::string& package = {}) {
  register_layer<L<B>>(class_name, package);
}

}  // namespace tanuki
