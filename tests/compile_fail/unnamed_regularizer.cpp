// expects: SayL1OrL2

#include "tanuki/layers/dense.hpp"

tanuki::DenseOptions options{.units = 1, .kernel_regularizer = 0.01f};
