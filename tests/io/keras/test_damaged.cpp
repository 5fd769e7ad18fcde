// Files of Keras that are damaged or lie: each is an Error that names the file, or, where the change does no harm, a model.
// None is a crash, and none makes the loader ask for memory that the file could not fill.
//
// The bytes of an HDF5 file itself are changed only inside a zip, whose checksum finds that: HDF5's own library (1.10) can
// crash on them. What is changed in an HDF5 file besides is changed through that library.

#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/core/random.hpp"
#include "tanuki/io/keras/load_weights.hpp"
#include "tests/io/keras/patient.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_damaged {

using namespace tanuki;
using keras::Json;
using test::Patient;

namespace {

/// Calls visit(pointer) for every place in the JSON.
template <class Visit>
void walk(const Json& json, const Json::json_pointer& place, Visit visit) {
  if (!place.empty()) visit(place);
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) walk(value, place / key, visit);
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) walk(json[i], place / i, visit);
  }
}

const std::vector<Json> wrong_values{nullptr,
                                     true,
                                     -1,
                                     0,
                                     1.5,
                                     1'000'000'000'000,
                                     1'000'000'000,
                                     1e308,
                                     "a word",
                                     Json::array(),
                                     Json::object(),
                                     Json::array({Json::array({Json::array({-7})})}),
                                     Json{{"class_name", "Nothing"}, {"config", nullptr}}};

/// The HDF5 file, changed through its library.
template <class Change>
std::string with_hdf5(const Patient& patient, Change change) {
  const std::string path = patient.folder / "changed.h5";
  test::write_bytes(path, patient.weights);
  {
    const Hdf5Silence silence;
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    REQUIRE(file);
    change(hid_t(file));
  }
  return test::read_bytes(path);
}

std::vector<std::string> datasets_of(const Patient& patient) {
  const Hdf5File file(std::as_bytes(std::span(patient.weights)), "weights");
  std::vector<std::string> found;
  keras::list_weights(file, "layers", 0, found);
  return found;
}

void put(hid_t file, const std::string& name, const std::vector<hsize_t>& shape, hid_t type) {
  H5Ldelete(file, name.c_str(), H5P_DEFAULT);
  const Hdf5Handle space(
      shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(int(shape.size()), shape.data(), nullptr),
      H5Sclose);
  const Hdf5Handle set(H5Dcreate2(file, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                       H5Dclose);
  CHECK(set);
}

Json& layer_of(Json& config, const std::string& type) {
  for (Json& layer : config["config"]["layers"]) {
    if (layer["class_name"] == type) return layer;
  }
  throw std::runtime_error("no " + type);
}

}  // namespace

TEST_CASE("A config with any one thing missing or of another kind") {
  int places = 0;
  const std::vector<std::pair<const char*, int>> models{
      {"nested", 4}, {"sequential", 1}, {"scalar_operations", 8}, {"small_mobilenet_v2", 16}};
  for (const auto& [name, step] : models) {  // every `step`th place
    Patient patient(name);
    patient.attempt(patient.config, "as it is");
    REQUIRE(patient.loaded == 1);
    std::size_t next = 0;
    int count = 0;
    walk(patient.config, Json::json_pointer(), [&](const Json::json_pointer& place) {
      if (count++ % step != 0) return;
      const std::string what = std::string(name) + ": " + place.to_string();
      ++places;
      Json changed = patient.config;
      Json& parent = changed[place.parent_pointer()];
      if (parent.is_object()) {
        parent.erase(place.back());
      } else {
        parent.erase(std::size_t(std::stoul(place.back())));
      }
      patient.attempt(changed, what + " removed");
      for (int i = 0; i < 2; ++i) {  // another pair of wrong values at each place
        const Json& wrong = wrong_values[next++ % wrong_values.size()];
        changed = patient.config;
        changed[place] = wrong;
        patient.attempt(changed, what + " is " + wrong.dump());
      }
    });
    CHECK(patient.refused > 50);
    CHECK(patient.loaded > 10);
  }
  CHECK(places > 300);
}

TEST_CASE("A config whose sizes no file could fill, or are none") {
  for (const char* key : {"units", "filters"}) {
    for (const char* name : {"nested", "small_resnet", "small_xception", "small_vgg"}) {
      Patient patient(name);
      walk(patient.config, Json::json_pointer(), [&](const Json::json_pointer& place) {
        if (place.back() != key) return;
        for (const Json& size :
             {Json(1'000'000'000'000), Json(9'007'199'254'740'993), Json(1e300), Json(-5), Json(0)}) {
          Json changed = patient.config;
          changed[place] = size;
          patient.attempt(changed, place.to_string() + " is " + size.dump());
        }
      });
      CHECK(patient.loaded == 0);
    }
  }
  Patient patient("small_vgg");
  for (const Json& shape :
       {Json{nullptr, 1'000'000'000'000, 1'000'000'000'000, 3},
        Json{nullptr, 4'000'000'000, 4'000'000'000, 4'000'000'000}, Json{nullptr, -8, 8, 3},
        Json{nullptr, 0, 0, 3}, Json{nullptr}, Json::array(), Json{nullptr, 8, 8, 3, 1, 1, 1, 1, 1, 1},
        Json{nullptr, nullptr, nullptr, 3}, Json{nullptr, 1.5, 8, 3}, Json{nullptr, 8, 8, 1'000'000'000}}) {
    Json changed = patient.config;
    layer_of(changed, "InputLayer")["config"]["batch_shape"] = shape;
    patient.attempt(changed, shape.dump());
  }
  CHECK(patient.loaded == 0);
}

TEST_CASE("A config whose graph is none") {
  Patient patient("small_resnet");
  const std::string text = patient.config.dump();
  Json& layers = patient.config["config"]["layers"];
  std::vector<std::string> names;
  for (const Json& layer : layers) names.push_back(layer["name"]);
  const auto history = [](Json& layer) -> Json& {
    Json* node = &layer["inbound_nodes"][0]["args"][0];
    while (node->is_array()) node = &(*node)[0];
    return (*node)["config"]["keras_history"];
  };
  for (std::size_t i = 1; i < layers.size(); ++i) {
    for (const Json& source : {Json(names[i]), Json(names.back()), Json("nobody"), Json(7)}) {
      Json changed = patient.config;
      history(changed["config"]["layers"][i])[0] = source;
      patient.attempt(changed, names[i] + " reads " + source.dump());
      CHECK(patient.error != "");
    }
    for (const Json& number : {Json(-1), Json(1), Json(1'000'000'000'000)}) {
      Json changed = patient.config;
      history(changed["config"]["layers"][i])[1] = number;
      patient.attempt(changed, names[i] + " reads call " + number.dump());
      CHECK(patient.error != "");
    }
    Json changed = patient.config;
    changed["config"]["layers"][i]["class_name"] = "Unheard";
    patient.attempt(changed, names[i] + " is of no known class");
    CHECK_THAT(patient.error, Catch::Contains("Unheard"));
  }
  CHECK(patient.config.dump() == text);
}

TEST_CASE("Models in models without an end") {
  Patient patient("nested");
  for (const int depth : {10, 31, 40, 60, 3000}) {
    std::string text = patient.config.dump(), inner = text;
    if (depth < 100) {
      Json nested = patient.config;
      for (int i = 0; i < depth; ++i) {
        Json outer{{"class_name", "Sequential"}, {"config", {{"name", "m"}, {"layers", Json::array()}}}};
        outer["config"]["layers"].push_back(std::move(nested));
        nested = std::move(outer);
      }
      inner = nested.dump();
    } else {
      for (int i = 0; i < depth; ++i)
        inner = R"({"class_name":"Sequential","config":{"name":"m","layers":[)" + inner + "]}}";
    }
    test::write_zip(patient.path,
                    {{"metadata.json", "{}"}, {"config.json", inner}, {"model.weights.h5", patient.weights}});
    patient.load(std::to_string(depth) + " models in each other");
    CHECK(patient.error != "");
  }
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("{"), std::string("[]"), std::string(500'000, '['),
        std::string("{\"a\": \"\xFF\"}"), std::string(1000, '\0')}) {
    test::write_zip(patient.path,
                    {{"metadata.json", "{}"}, {"config.json", text}, {"model.weights.h5", patient.weights}});
    patient.load("config.json is " + text.substr(0, 20));
    CHECK(patient.error != "");
  }
}

TEST_CASE("A file that is cut short, or of which a byte is another") {
  for (const char* name : {"nested", "small_xception"}) {
    Patient patient(name);
    for (std::size_t part = 0; part < 100; ++part)
      patient.attempt_file(patient.whole.substr(0, patient.whole.size() * part / 100),
                           std::to_string(part) + " %");
    CHECK(patient.loaded == 0);
    const Random random{11, 0};
    for (std::uint64_t round = 0; round < 400; ++round) {
      std::string bytes = patient.whole;
      char& byte = bytes[random.word(2 * round) % bytes.size()];
      byte = char(byte ^ (1 << random.word(2 * round + 1) % 8));
      patient.attempt_file(bytes, "round " + std::to_string(round));
    }
    CHECK(patient.refused > 400);
  }
}

TEST_CASE("A zip whose entries lie about their sizes") {
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    Patient patient("nested");
    test::write_zip(patient.path,
                    {{"metadata.json", "{}"},
                     {"config.json", patient.config.dump()},
                     {"model.weights.h5", patient.weights}},
                    method);
    const std::string good = test::read_bytes(patient.path);
    patient.load("as it is");
    CHECK(patient.loaded == 1);
    for (const std::string mark : {"PK\1\2", "PK\3\4", "PK\5\6"}) {
      for (std::size_t at = good.find(mark); at != good.npos; at = good.find(mark, at + 4)) {
        for (std::size_t field = 4; field < 44 && at + field + 4 <= good.size(); field += 2) {
          for (const std::uint32_t value : {0u, 0xFFFF'FFFFu, 0x7FFF'FFFFu, 1000u}) {
            std::string bad = good;
            bad.replace(at + field, 4, reinterpret_cast<const char*>(&value), 4);
            patient.attempt_file(bad, mark + " + " + std::to_string(field) + " is " + std::to_string(value));
          }
        }
      }
    }
    CHECK(patient.refused > 100);
  }
}

TEST_CASE("Weights that are missing, of another shape or another kind") {
  for (const char* name : {"nested", "small_mobilenet_v2"}) {
    Patient patient(name);
    const auto load_with = [&](const std::string& what, auto change) {
      patient.attempt(patient.config, with_hdf5(patient, change), what);
      CHECK(patient.error != "");
    };
    for (const std::string& set : datasets_of(patient)) {
      const auto is = [&](const char* what, const std::vector<hsize_t>& shape, hid_t type) {
        load_with(set + ' ' + what, [&](hid_t file) { put(file, set, shape, type); });
      };
      load_with(set + " is missing", [&](hid_t file) { H5Ldelete(file, set.c_str(), H5P_DEFAULT); });
      is("is a number", {}, H5T_IEEE_F32LE);
      is("has another shape", {7, 11, 13}, H5T_IEEE_F32LE);
      is("is empty", {0}, H5T_IEEE_F32LE);
      is("is huge, and nothing is stored", {1u << 20, 1u << 12}, H5T_IEEE_F32LE);
      is("is text", {3}, H5T_C_S1);
      is("is a link", {3}, H5T_C_S1);
      load_with(set + " is a link to itself", [&](hid_t file) {
        H5Ldelete(file, set.c_str(), H5P_DEFAULT);
        H5Lcreate_soft(("/" + set).c_str(), file, set.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      });
      load_with(set + " is in another file", [&](hid_t file) {
        H5Ldelete(file, set.c_str(), H5P_DEFAULT);
        H5Lcreate_external("/etc/passwd", "/x", file, set.c_str(), H5P_DEFAULT, H5P_DEFAULT);
      });
      load_with(set + " is a group", [&](hid_t file) {
        H5Ldelete(file, set.c_str(), H5P_DEFAULT);
        const Hdf5Handle group(H5Gcreate2(file, set.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                               H5Gclose);
      });
    }
    load_with("no layers", [](hid_t file) { H5Ldelete(file, "layers", H5P_DEFAULT); });
    load_with("a layer of more weights", [&](hid_t file) {
      const std::string extra = datasets_of(patient)[0].substr(0, datasets_of(patient)[0].rfind('/')) + "/9";
      put(file, extra, {1}, H5T_IEEE_F32LE);
    });
    patient.attempt(patient.config, "not HDF5 at all", "text for weights");
    CHECK(patient.error != "");
    patient.attempt(patient.config, "", "nothing for weights");
    CHECK(patient.error != "");
    CHECK(patient.loaded == 0);
  }
}

TEST_CASE("A damaged file changes no weight of the model that it was meant for") {
  Patient patient("small_xception");
  test::write_bytes(patient.path, patient.whole);
  const auto model = load_keras(patient.path, {.compile = false});
  const auto numbers = [&] {
    std::vector<std::vector<float>> all;
    for (const auto& weight : model.weights()) all.push_back(weight.value().to_vector());
    return all;
  };
  const auto before = numbers();
  int refused = 0;
  const auto attempt = [&](const std::string& bytes) {
    test::write_bytes(patient.path, bytes);
    try {
      load_keras_weights(model, patient.path);
    } catch (const Error& error) {
      ++refused;
      CHECK_THAT(error.what(), Catch::Contains(patient.path));
    }
    CHECK(numbers() == before);
  };
  for (std::size_t part = 0; part < 50; ++part)
    attempt(patient.whole.substr(0, patient.whole.size() * part / 50));
  for (const std::string& set : datasets_of(patient)) {
    attempt(with_hdf5(patient, [&](hid_t file) { H5Ldelete(file, set.c_str(), H5P_DEFAULT); }));
    attempt(with_hdf5(patient, [&](hid_t file) { put(file, set, {2, 3, 5}, H5T_IEEE_F32LE); }));
    attempt(with_hdf5(patient, [&](hid_t file) {  // not finite, in the last weight too
      const Hdf5Handle data(H5Dopen2(file, set.c_str(), H5P_DEFAULT), H5Dclose);
      const Hdf5Handle space(H5Dget_space(data), H5Sclose);
      const std::vector<float> nans(std::size_t(H5Sget_simple_extent_npoints(space)), std::nanf(""));
      H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, nans.data());
    }));
  }
  CHECK(refused == 50 + 3 * int(datasets_of(patient).size()));
}

}  // namespace test_damaged
