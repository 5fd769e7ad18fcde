#pragma once

// A layer from Keras' class name and config, for the goldens. Throws Error for what tanuki does not have.

#include <nlohmann/json.hpp>

#include "tanuki/tanuki.hpp"

namespace tanuki::test {

using LayerPtr = std::shared_ptr<const Layer<Cpu>>;

class Config {
 public:
  explicit Config(const nlohmann::json& json) : json_(json) {}

  template <class T>
  T get(const char* key) const {
    return json_.at(key).get<T>();
  }
  ops::Size2D size(const char* key) const { return {json_.at(key).at(0), json_.at(key).at(1)}; }
  std::string text(const char* key) const { return get<std::string>(key); }
  std::vector<float> list(const char* key) const {
    return json_.contains(key) ? get<std::vector<float>>(key) : std::vector<float>{};
  }
  float number_or(const char* key, float otherwise) const { return json_.value(key, otherwise); }

 private:
  const nlohmann::json& json_;
};

inline LayerPtr make_layer(const std::string& type, const Config& c) {
  if (type == "Activation") return Activation(c.text("activation")).clone();
  if (type == "Add") return Add().clone();
  if (type == "AveragePooling2D" || type == "MaxPooling2D") {
    const Pooling2DOptions options{
        .pool_size = c.size("pool_size"), .strides = c.size("strides"), .padding = c.text("padding")};
    return type == "MaxPooling2D" ? MaxPooling2D(options).clone() : AveragePooling2D(options).clone();
  }
  if (type == "BatchNormalization") {
    return BatchNormalization({.axis = c.get<Index>("axis"),
                               .momentum = c.get<double>("momentum"),
                               .epsilon = c.get<double>("epsilon"),
                               .center = c.get<bool>("center"),
                               .scale = c.get<bool>("scale")})
        .clone();
  }
  if (type == "Concatenate") return Concatenate({.axis = c.get<Index>("axis")}).clone();
  if (type == "Conv2D") {
    return Conv2D({.filters = c.get<Index>("filters"),
                   .kernel_size = c.size("kernel_size"),
                   .strides = c.size("strides"),
                   .padding = c.text("padding"),
                   .activation = c.text("activation"),
                   .use_bias = c.get<bool>("use_bias")})
        .clone();
  }
  if (type == "Dense") {
    return Dense({.units = c.get<Index>("units"),
                  .activation = c.text("activation"),
                  .use_bias = c.get<bool>("use_bias")})
        .clone();
  }
  if (type == "DepthwiseConv2D") {
    return DepthwiseConv2D({.kernel_size = c.size("kernel_size"),
                            .strides = c.size("strides"),
                            .padding = c.text("padding"),
                            .depth_multiplier = c.get<Index>("depth_multiplier"),
                            .activation = c.text("activation"),
                            .use_bias = c.get<bool>("use_bias")})
        .clone();
  }
  if (type == "Flatten") return Flatten().clone();
  if (type == "GlobalAveragePooling2D")
    return GlobalAveragePooling2D({.keepdims = c.get<bool>("keepdims")}).clone();
  if (type == "Normalization") {
    return Normalization({.axis = c.get<std::vector<Index>>("axis").at(0),
                          .mean = c.list("mean"),
                          .variance = c.list("variance")})
        .clone();
  }
  if (type == "ReLU") {
    const float unlimited = std::numeric_limits<float>::infinity();
    return ReLU({.max_value = c.number_or("max_value", unlimited),
                 .negative_slope = c.number_or("negative_slope", 0),
                 .threshold = c.number_or("threshold", 0)})
        .clone();
  }
  if (type == "Rescaling")
    return Rescaling({.scale = c.get<double>("scale"), .offset = c.get<double>("offset")}).clone();
  if (type == "SeparableConv2D") {
    return SeparableConv2D({.filters = c.get<Index>("filters"),
                            .kernel_size = c.size("kernel_size"),
                            .strides = c.size("strides"),
                            .padding = c.text("padding"),
                            .depth_multiplier = c.get<Index>("depth_multiplier"),
                            .activation = c.text("activation"),
                            .use_bias = c.get<bool>("use_bias")})
        .clone();
  }
  if (type == "Softmax") return Softmax({.axis = c.get<Index>("axis")}).clone();
  fail("no golden knows the layer '", type, "'");
}

}  // namespace tanuki::test
