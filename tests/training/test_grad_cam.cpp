#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "tanuki/io/safetensors.hpp"
#include "tanuki/training/grad_cam.hpp"

namespace test_grad_cam {

using namespace tanuki;
using Catch::Contains;

namespace {

const SafetensorsFile& goldens() {
  static const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/grad_cam.safetensors");
  return file;
}

Tensor<> golden(const std::string& key) {
  const auto* entry = goldens().find(key);
  if (!entry) fail("the goldens have no '", key, "'");
  return entry->tensor();
}

/// The model of scripts/reference/grad_cam.py.
Model<> model(const std::string& activation) {
  const auto image = Input({11, 13, 3});
  const auto shortcut =
      Conv2D({.filters = 4, .kernel_size = 3, .strides = 2, .activation = "relu", .name = "first"})(image);
  auto x = SeparableConv2D(
      {.filters = 4, .kernel_size = 3, .padding = "same", .use_bias = false, .name = "apart"})(shortcut);
  x = Activation("relu", "relu")(BatchNormalization({.name = "norm"})(x));
  x = Add({.name = "add"})({shortcut, x});
  x = Conv2D({.filters = 6, .kernel_size = 3, .activation = "elu", .name = "last"})(x);
  const Model base(image, x, "base");
  const auto input = Input({11, 13, 3});
  const auto pooled = GlobalAveragePooling2D()(base(input));
  const Model whole(
      input, Dense({.units = activation == "softmax" ? 3 : 1, .activation = activation, .name = activation})(
                 pooled));
  for (const auto& [path, weight] : whole.named_weights()) weight.assign(golden("weights/" + path));
  return whole;
}

double apart(const Tensor<>& a, const Tensor<>& b) {
  REQUIRE(a.shape() == b.shape());
  double most = 0;
  for (Index i = 0; i < a.size(); ++i) most = std::max(most, double(std::abs(a.data()[i] - b.data()[i])));
  return most;
}

}  // namespace

TEST_CASE("the heat is Keras', of any layer in a nested model and for each class") {
  const Tensor<> image = golden("image");
  for (const std::string head : {"softmax", "sigmoid"}) {
    const auto net = model(head);
    const Tensor<> logits = golden(head + "/logits");
    for (const std::string layer : {"base", "base/relu", "base/first"}) {
      GradCam cam(net, layer);
      for (Index k = 0; k < std::max<Index>(2, logits.size()); ++k) {
        INFO(head << ", " << layer << ", class " << k);
        CHECK(apart(cam(image, k), golden(head + "/" + layer + "/" + std::to_string(k))) < 2e-6);
      }
    }
  }
}

TEST_CASE(
    "unless told otherwise, it is the last layer that gives an image, and the class that is predicted") {
  const Tensor<> image = golden("image");
  for (const std::string head : {"softmax", "sigmoid"}) {
    const auto net = model(head);
    const Tensor<> logits = golden(head + "/logits");
    const Index predicted =
        logits.size() > 1 ? std::max_element(logits.data(), logits.data() + logits.size()) - logits.data()
                          : Index(logits.data()[0] > 0);
    CHECK(GradCam(net).layer() == "base/last");
    CHECK(apart(grad_cam(net, image), golden(head + "/base/" + std::to_string(predicted))) < 2e-6);
  }
}

TEST_CASE("weights, and what is trainable, stay as they were") {
  const auto net = model("softmax");
  net.trainable(false);
  const Tensor<> image = golden("image");
  CHECK(apart(grad_cam(net, image, {.layer = "base", .class_number = 1}), golden("softmax/base/1")) < 2e-6);
  CHECK(net.trainable_weights().empty());
  for (const auto& [path, weight] : net.named_weights())
    CHECK(weight.value().to_vector() == golden("weights/" + path).to_vector());
}

TEST_CASE("where nothing speaks for a class the map is 0") {
  const auto in = Input({4, 4, 1});
  const auto x = Conv2D({.filters = 2, .kernel_size = 1, .activation = "relu"})(in);
  const Model net(in, Dense({.units = 2})(Flatten()(x)));
  for (const auto& w : net.weights()) w.assign(Tensor<>(w.shape()));
  const auto map = grad_cam(net, Tensor<>({4, 4, 1}));
  CHECK(map.shape() == Shape{4, 4});
  CHECK(map.to_vector() == std::vector<float>(16));
}

TEST_CASE("what cannot be is refused, by name") {
  const auto net = model("softmax");
  const Tensor<> image = golden("image");
  CHECK_THROWS_WITH(GradCam(net, "base/fist"), Contains("base/fist"));
  CHECK_THROWS_WITH(GradCam(net, "softmax"), Contains("'softmax'") && Contains("(height, width, channels)"));
  CHECK_THROWS_WITH(grad_cam(net, image, {.class_number = 3}), Contains("class 3") && Contains("3"));
  CHECK_THROWS_WITH(grad_cam(net, image, {.class_number = -1}), Contains("class -1"));
  CHECK_THROWS_WITH(grad_cam(net, Tensor<>({4, 4, 3})), Contains("(1, 4, 4, 3)"));
  const auto in = Input({4});
  CHECK_THROWS_WITH(GradCam(Model(in, Dense({.units = 2})(in))), Contains("no layer"));
  const auto picture = Input({4, 4, 3});
  CHECK_THROWS_WITH(GradCam(Model(picture, Conv2D({.filters = 2, .kernel_size = 3})(picture))),
                    Contains("(2, 2, 2)") && Contains("(classes)"));
}

}  // namespace test_grad_cam
