// predict and fit on a GPU: compiled beside the CPU's, as either takes minutes.

#ifdef TANUKI_WITH_CUDA
#include <tanuki/cuda.hpp>

#include "tanuki/fit.hpp"
#include "tanuki/predict.hpp"

template void tool::predict<tanuki::Cuda>(const PredictSettings&);
template void tool::fit<tanuki::Cuda>(const FitSettings&);
#endif
