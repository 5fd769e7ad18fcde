#pragma once

// All merging layers.

#include "tanuki/layers/add.hpp"
#include "tanuki/layers/average.hpp"
#include "tanuki/layers/concatenate.hpp"
#include "tanuki/layers/divide.hpp"
#include "tanuki/layers/maximum.hpp"
#include "tanuki/layers/minimum.hpp"
#include "tanuki/layers/multiply.hpp"
#include "tanuki/layers/subtract.hpp"
