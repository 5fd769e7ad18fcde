// expects: this backend is not there: include tanuki/tanuki.hpp
#include "tanuki/core/context.hpp"

struct Cuda;
tanuki::Context<Cuda> context;
