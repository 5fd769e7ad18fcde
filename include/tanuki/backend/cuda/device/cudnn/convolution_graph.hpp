#pragma once

// A convolution as cuDNN is told of it: three tensors and one operation.

#include "tanuki/backend/cuda/device/convolution.hpp"
#include "tanuki/backend/cuda/device/cudnn/descriptor.hpp"

namespace tanuki::gpu {

class ConvolutionGraph {
 public:
  /// By what its tensors are called when it runs.
  static constexpr std::int64_t x_id = 'x', kernel_id = 'k', y_id = 'y';

  /// Throws Error where cuDNN does not take it. `handle`: of the GPU that it will run on; null where it will not.
  explicit ConvolutionGraph(const ConvolutionForm& form, cudnnHandle_t handle = nullptr)
      : x_(tensor(x_id, form.images, form.rows.in, form.columns.in, form.channels)),
        kernel_(tensor(kernel_id, form.outputs, form.rows.taps, form.columns.taps, form.channels)),
        y_(tensor(y_id, form.images, form.rows.out, form.columns.out, form.outputs)),
        window_(window(form)),
        operation_(operation(form.result)) {
    graph_.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation_);
    if (handle) graph_.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle);
    graph_.finalize("a graph");
  }

  const CudnnDescriptor& get() const { return graph_; }

 private:
  /// cuDNN counts the axes as (batch, channels, height, width), wherever they lie.
  static CudnnDescriptor tensor(std::int64_t id, std::int64_t batch, std::int64_t height, std::int64_t width,
                                std::int64_t channels) {
    CudnnDescriptor made(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
    made.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
    made.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_DATA_FLOAT);
    made.set(CUDNN_ATTR_TENSOR_DIMENSIONS, {batch, channels, height, width});
    made.set(CUDNN_ATTR_TENSOR_STRIDES,
             {height * width * channels, std::int64_t{1}, width * channels, channels});
    made.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, std::int64_t{16});
    made.finalize("a tensor");
    return made;
  }

  static CudnnDescriptor window(const ConvolutionForm& form) {
    const auto &r = form.rows, &c = form.columns;
    using Number = std::int64_t;
    CudnnDescriptor made(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
    made.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
    made.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION);  // the kernel is not flipped
    made.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, Number{2});
    made.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, {Number{r.stride}, Number{c.stride}});
    made.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, {Number{r.dilation}, Number{c.dilation}});
    made.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, {Number{r.before}, Number{c.before}});
    made.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, {Number{r.after}, Number{c.after}});
    made.finalize("a window");
    return made;
  }

  /// What the attributes of an operation are called.
  struct Names {
    cudnnBackendDescriptorType_t type;
    cudnnBackendAttributeName_t alpha, beta, window, x, kernel, y;
  };
  static Names names(ConvolutionResult result) {
    switch (result) {
      case ConvolutionResult::output:
        return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
      case ConvolutionResult::input_gradient:
        return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
      default:
        return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
                CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};
    }
  }
  CudnnDescriptor operation(ConvolutionResult result) const {
    const Names of = names(result);
    CudnnDescriptor made(of.type);
    made.set(of.alpha, 1.0f);
    made.set(of.beta, 0.0f);
    made.set(of.window, window_);
    made.set(of.x, x_);
    made.set(of.kernel, kernel_);
    made.set(of.y, y_);
    made.finalize("an operation");
    return made;
  }

  CudnnDescriptor x_, kernel_, y_, window_, operation_;  // which the graph uses
  CudnnDescriptor graph_{CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR};
};

}  // namespace tanuki::gpu
