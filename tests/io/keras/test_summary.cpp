#include <catch2/catch.hpp>
#include <sstream>

#include "tanuki/backend/eigen/backend.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/scratch_folder.hpp"
#include "tools/tanuki/weight_file.hpp"

namespace test_summary {

using namespace tanuki;

TEST_CASE("a summary of weights reads no number") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.weights.h5";
  const std::vector<float> numbers(12, 1234.5f);
  {
    const Hdf5Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[]{3, 4};
    H5Pset_chunk(list, 2, chunk);
    H5Pset_fletcher32(list);
    test::H5Writer(path).dataset("layers/dense/vars/0", {3, 4}, numbers, H5T_IEEE_F32LE, list);
  }
  std::string bytes = test::read_bytes(path);
  const std::size_t place = bytes.find(std::string(reinterpret_cast<const char*>(numbers.data()), 48));
  REQUIRE(place != bytes.npos);
  bytes[place] ^= 1;
  test::write_bytes(path, bytes);
  CHECK_THROWS_AS(read_keras_weights(path), Error);
  std::ostringstream out;
  tool::print_summary(out, path);
  CHECK_THAT(out.str(),
             Catch::Contains("dense/0") && Catch::Contains("(3, 4)") && Catch::Contains("12 parameters"));
}

}  // namespace test_summary
