// Ops on images that change colours, sizes or parts, against the CPU.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_images {

using test::check_parity;

TEST_CASE("contrast and brightness on the GPU are those of the CPU") {
  const ops::RandomColorOptions options{0.25f, 1.75f, {-0.75f, 0.875f}};
  for (const Shape& shape : {Shape{5, 9, 7, 3}, Shape{2, 19, 17, 1}, Shape{1, 1, 1, 35}}) {
    check_parity([&]<class B>() { return ops::RandomContrast<B>(options); }, {{shape}}, {.wanted = {}});
    check_parity([&]<class B>() { return ops::RandomBrightness<B>(options); }, {{shape}}, {.wanted = {}});
  }
}

TEST_CASE("parts cut out on the GPU are those of the CPU") {
  for (const ops::Size2D& size : {ops::Size2D{3, 2}, ops::Size2D{9, 7}, ops::Size2D{1, 7}})
    check_parity([&]<class B>() { return ops::RandomCrop<B>(size); }, {{{11, 9, 7, 3}}},
                 {.tolerance = 0, .wanted = {}});
}

TEST_CASE("resizing on the GPU is that of the CPU") {
  using ops::Interpolation;
  for (int how = 0; how <= int(Interpolation::lanczos5); ++how) {
    for (const bool antialias : {false, true}) {
      for (const ops::Size2D& size : {ops::Size2D{13, 5}, ops::Size2D{4, 17}, ops::Size2D{9, 7}}) {
        INFO("interpolation " << how << " antialias " << antialias << " to " << size.str());
        check_parity([&]<class B>() { return ops::Resize2D<B>(size, Interpolation(how), antialias); },
                     {{{2, 9, 7, 3}}});
      }
    }
  }
}

}  // namespace tanuki::test_images
