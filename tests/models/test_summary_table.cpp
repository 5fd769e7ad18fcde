#include <catch2/catch.hpp>

#include "tanuki/models/summary_table.hpp"

namespace test_summary_table {

using namespace tanuki;

// The expected texts are what Keras 3.15.1 printed for these models in terminals of 80 and 200 columns.

namespace {

const Summary sequential{.name = "seq",
                         .sequential = true,
                         .rows = {{"conv2d", "Conv2D", {{148, 148, 32}}, 896},
                                  {"batch_normalization", "BatchNormalization", {{148, 148, 32}}, 128},
                                  {"global_average_pooling2d", "GlobalAveragePooling2D", {{32}}, 0},
                                  {"dense", "Dense", {{1000}}, 33'000}},
                         .trainable = 33'960,
                         .non_trainable = 64};

const std::string long_name = "a_rather_long_layer_name_for_this_column";

const Summary branching{
    .name = "branching",
    .sequential = false,
    .rows = {{"in_a", "InputLayer", {{32}}, 0},
             {long_name, "Dense", {{8}}, 264, {"in_a[0][0]"}},
             {"input_layer_1", "InputLayer", {{8}}, 0},
             {"shared", "Dense", {{8}}, 72, {long_name + "[0][0]", "input_layer_1[0][0]"}},
             {"add", "Add", {{8}}, 0, {long_name + "[0][0]", "shared[0][0]", "shared[1][0]"}},
             {"concatenate", "Concatenate", {{16}}, 0, {"add[0][0]", long_name + "[0][0]"}},
             {"dense_1", "Dense", {{1}}, 17, {"concatenate[0][0]"}}},
    .trainable = 353,
    .non_trainable = 0};

}  // namespace

TEST_CASE("a sequential model's table is Keras'") {
  CHECK(summary_table(sequential, 80) == R"(Model: "seq"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                 │ (None, 148, 148, 32)   │           896 │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ batch_normalization             │ (None, 148, 148, 32)   │           128 │
│ (BatchNormalization)            │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ global_average_pooling2d        │ (None, 32)             │             0 │
│ (GlobalAveragePooling2D)        │                        │               │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense (Dense)                   │ (None, 1000)           │        33,000 │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 34,024 (132.91 KB)
 Trainable params: 33,960 (132.66 KB)
 Non-trainable params: 64 (256.00 B)
)");
  CHECK(summary_table(sequential, 200) == R"(Model: "seq"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩
│ conv2d (Conv2D)                      │ (None, 148, 148, 32)        │             896 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ batch_normalization                  │ (None, 148, 148, 32)        │             128 │
│ (BatchNormalization)                 │                             │                 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ global_average_pooling2d             │ (None, 32)                  │               0 │
│ (GlobalAveragePooling2D)             │                             │                 │
├──────────────────────────────────────┼─────────────────────────────┼─────────────────┤
│ dense (Dense)                        │ (None, 1000)                │          33,000 │
└──────────────────────────────────────┴─────────────────────────────┴─────────────────┘
 Total params: 34,024 (132.91 KB)
 Trainable params: 33,960 (132.66 KB)
 Non-trainable params: 64 (256.00 B)
)");
}

TEST_CASE("a branching model's table is Keras'") {
  CHECK(summary_table(branching, 80) == R"(Model: "branching"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ in_a (InputLayer)   │ (None, 32)        │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ a_rather_long_laye… │ (None, 8)         │        264 │ in_a[0][0]        │
│ (Dense)             │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ input_layer_1       │ (None, 8)         │          0 │ -                 │
│ (InputLayer)        │                   │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ shared (Dense)      │ (None, 8)         │         72 │ a_rather_long_la… │
│                     │                   │            │ input_layer_1[0]… │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ add (Add)           │ (None, 8)         │          0 │ a_rather_long_la… │
│                     │                   │            │ shared[0][0],     │
│                     │                   │            │ shared[1][0]      │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ concatenate         │ (None, 16)        │          0 │ add[0][0],        │
│ (Concatenate)       │                   │            │ a_rather_long_la… │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense_1 (Dense)     │ (None, 1)         │         17 │ concatenate[0][0] │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 353 (1.38 KB)
 Trainable params: 353 (1.38 KB)
 Non-trainable params: 0 (0.00 B)
)");
  CHECK(summary_table(branching, 200) == R"(Model: "branching"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape              ┃         Param # ┃ Connected to               ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ in_a (InputLayer)             │ (None, 32)                │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ a_rather_long_layer_name_for… │ (None, 8)                 │             264 │ in_a[0][0]                 │
│ (Dense)                       │                           │                 │                            │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ input_layer_1 (InputLayer)    │ (None, 8)                 │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ shared (Dense)                │ (None, 8)                 │              72 │ a_rather_long_layer_name_… │
│                               │                           │                 │ input_layer_1[0][0]        │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ add (Add)                     │ (None, 8)                 │               0 │ a_rather_long_layer_name_… │
│                               │                           │                 │ shared[0][0], shared[1][0] │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ concatenate (Concatenate)     │ (None, 16)                │               0 │ add[0][0],                 │
│                               │                           │                 │ a_rather_long_layer_name_… │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ dense_1 (Dense)               │ (None, 1)                 │              17 │ concatenate[0][0]          │
└───────────────────────────────┴───────────────────────────┴─────────────────┴────────────────────────────┘
 Total params: 353 (1.38 KB)
 Trainable params: 353 (1.38 KB)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("layers without shape and weights as yet") {
  const Summary unbuilt{
      .name = "unbuilt",
      .sequential = true,
      .rows = {{"dense_2", "Dense", {}, std::nullopt}, {"dense_3", "Dense", {}, std::nullopt}}};
  CHECK(summary_table(unbuilt, 80) == R"(Model: "unbuilt"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
│ dense_2 (Dense)                 │ ?                      │   0 (unbuilt) │
├─────────────────────────────────┼────────────────────────┼───────────────┤
│ dense_3 (Dense)                 │ ?                      │   0 (unbuilt) │
└─────────────────────────────────┴────────────────────────┴───────────────┘
 Total params: 0 (0.00 B)
 Trainable params: 0 (0.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("a layer of several outputs") {
  const Summary nested{.name = "nested",
                       .sequential = false,
                       .rows = {{"photo", "InputLayer", {{4, 4, 3}}, 0},
                                {"two_outputs", "Functional", {{48}, {2, 2, 4}}, 112, {"photo[0][0]"}},
                                {"flatten_1", "Flatten", {{16}}, 0, {"two_outputs[0][1]"}},
                                {"dense_4", "Dense", {{2}}, 98, {"two_outputs[0][0]"}},
                                {"dense_5", "Dense", {{2}}, 34, {"flatten_1[0][0]"}},
                                {"add_1", "Add", {{2}}, 0, {"dense_4[0][0]", "dense_5[0][0]"}}},
                       .trainable = 244};
  CHECK(summary_table(nested, 80) == R"(Model: "nested"
┏━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)        ┃ Output Shape      ┃    Param # ┃ Connected to      ┃
┡━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
│ photo (InputLayer)  │ (None, 4, 4, 3)   │          0 │ -                 │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ two_outputs         │ [(None, 48),      │        112 │ photo[0][0]       │
│ (Functional)        │ (None, 2, 2, 4)]  │            │                   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ flatten_1 (Flatten) │ (None, 16)        │          0 │ two_outputs[0][1] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense_4 (Dense)     │ (None, 2)         │         98 │ two_outputs[0][0] │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ dense_5 (Dense)     │ (None, 2)         │         34 │ flatten_1[0][0]   │
├─────────────────────┼───────────────────┼────────────┼───────────────────┤
│ add_1 (Add)         │ (None, 2)         │          0 │ dense_4[0][0],    │
│                     │                   │            │ dense_5[0][0]     │
└─────────────────────┴───────────────────┴────────────┴───────────────────┘
 Total params: 244 (976.00 B)
 Trainable params: 244 (976.00 B)
 Non-trainable params: 0 (0.00 B)
)");
  CHECK(summary_table(nested, 200) == R"(Model: "nested"
┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━┓
┃ Layer (type)                  ┃ Output Shape              ┃         Param # ┃ Connected to               ┃
┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━┩
│ photo (InputLayer)            │ (None, 4, 4, 3)           │               0 │ -                          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ two_outputs (Functional)      │ [(None, 48), (None, 2, 2, │             112 │ photo[0][0]                │
│                               │ 4)]                       │                 │                            │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ flatten_1 (Flatten)           │ (None, 16)                │               0 │ two_outputs[0][1]          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ dense_4 (Dense)               │ (None, 2)                 │              98 │ two_outputs[0][0]          │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ dense_5 (Dense)               │ (None, 2)                 │              34 │ flatten_1[0][0]            │
├───────────────────────────────┼───────────────────────────┼─────────────────┼────────────────────────────┤
│ add_1 (Add)                   │ (None, 2)                 │               0 │ dense_4[0][0],             │
│                               │                           │                 │ dense_5[0][0]              │
└───────────────────────────────┴───────────────────────────┴─────────────────┴────────────────────────────┘
 Total params: 244 (976.00 B)
 Trainable params: 244 (976.00 B)
 Non-trainable params: 0 (0.00 B)
)");
}

TEST_CASE("sizes as people read them") {
  CHECK(detail::memory_size(0) == "(0.00 B)");
  CHECK(detail::memory_size(255) == "(1020.00 B)");
  CHECK(detail::memory_size(256) == "(1.00 KB)");
  CHECK(detail::memory_size(20'863'529) == "(79.59 MB)");
  CHECK(detail::memory_size(Index{1} << 40) == "(4.00 TB)");
}

TEST_CASE("names beyond ASCII, and terminals too narrow for a table") {
  Summary summary{
      .name = "größe", .sequential = true, .rows = {{"größe_größe_größe_größe_größe", "Dense", {{}}, 1}}};
  for (const Index columns : {1, 44, 60, 80}) {
    const std::string text = summary_table(summary, columns);
    CHECK(text.find("(None)") != std::string::npos);
    for (std::size_t at = text.find("┏"); at != std::string::npos && at < text.find(" Total");) {
      const std::size_t end = text.find('\n', at);
      CHECK(detail::text_width(text.substr(at, end - at)) == std::size_t(std::max<Index>(columns - 4, 40)));
      at = end + 1;
    }
  }
}

}  // namespace test_summary_table
