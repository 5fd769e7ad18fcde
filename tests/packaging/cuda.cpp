// Compiles where tanuki::cuda brings CUDA's headers along, and ends well where the toolkit's runtime is found.

#include <iostream>
#include <tanuki/backend/cuda/device/functions.hpp>

int main() try {
  std::cout << tanuki::gpu::runtime().cudaGetErrorString(cudaSuccess) << '\n';
} catch (const tanuki::NoDevice& error) {
  std::cerr << error.what() << '\n';
  return 3;
}
