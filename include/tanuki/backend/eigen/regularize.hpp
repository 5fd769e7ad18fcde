#pragma once

// Regularization losses on the CPU.

#include <Eigen/Core>
#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/regularize.hpp"

namespace tanuki::ops {

template <>
struct RegularizeKernel<Cpu> {
  static double run(Context<Cpu>& context, const Regularizer& regularizer, ConstTensorView<Cpu> weight,
                    TensorView<Cpu> gradient) {
    const float l1 = regularizer.l1, l2 = regularizer.l2, *w = weight.data;
    if (gradient) {
      eigen::elementwise(context, weight.size(), [=, g = gradient.data](Index i) {
        const float value = w[i];
        g[i] += l1 * float((value > 0) - (value < 0)) + 2 * l2 * value;
      });
    }
    return eigen::block_sum<double>(context, weight.size(), 1 << 14, [=](Index first, Index last) {
      double size = 0, square = 0;
      for (Index i = first; i < last; ++i) {
        size += double(std::abs(w[i]));
        square += double(w[i]) * double(w[i]);
      }
      return double(l1) * size + double(l2) * square;
    });
  }

  static double orthogonal(Context<Cpu>&, const Regularizer& regularizer, ConstTensorView<Cpu> weight,
                           TensorView<Cpu> gradient) {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::Map<const Matrix> w(weight.data, weight.shape[0], weight.shape[1]);
    Matrix unit = w;  // a vector a row, to be of length 1
    if (regularizer.columns) unit = w.transpose();
    const Eigen::VectorXf scale = unit.rowwise().norm().cwiseMax(1e-12f).cwiseInverse();
    unit = (scale.asDiagonal() * unit).eval();
    Matrix cosines = unit * unit.transpose();
    cosines.diagonal().setZero();
    const double vectors = double(unit.rows());
    const double share =
        double(regularizer.orthogonal) / (vectors * (vectors - 1));  // each pair is there twice
    if (gradient) {
      Matrix back = float(2 * share) * (cosines.array().sign().matrix() * unit);
      const Eigen::VectorXf along = back.cwiseProduct(unit).rowwise().sum();
      back = (scale.asDiagonal() * (back - along.asDiagonal() * unit)).eval();
      Eigen::Map<Matrix> g(gradient.data, weight.shape[0], weight.shape[1]);
      if (regularizer.columns) {
        g += back.transpose();
      } else {
        g += back;
      }
    }
    return share * cosines.cwiseAbs().cast<double>().sum();
  }
};

}  // namespace tanuki::ops
