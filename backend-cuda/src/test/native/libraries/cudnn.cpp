// libcudnn: softmax over the rows of F32 matrices.
#include <cmath>

#include "../driver/emu.h"

namespace {

enum Status { OK = 0, NOT_INITIALIZED = 1, BAD_PARAM = 3, EXECUTION_FAILED = 8, NOT_SUPPORTED = 9 };
constexpr int FLOAT = 0, NCHW = 0, ACCURATE = 1, INSTANCE = 0;

struct Handle {
  void* stream = nullptr;
};

struct Shape {
  int rows = 0, columns = 0;
  size_t elements() const { return size_t(rows) * size_t(columns); }
  bool covers(const float* address) const {
    return emu::inside(address, elements() * sizeof(float));
  }
};

int refuse(const char* text) {
  emu::fault(0, text);
  return NOT_SUPPORTED;
}

template <class Row>
int queue(Handle* handle, const char* name, Shape shape, std::vector<const float*> operands,
          Row row) {
  auto allCovered = [=] {
    for (auto* operand : operands)
      if (!shape.covers(operand)) return false;
    return true;
  };
  if (!allCovered()) {
    emu::fault(0, std::string(name) + ": an operand reaches outside its memory");
    return BAD_PARAM;
  }
  int code = emu::submit(handle->stream, name, [=] {
    if (!allCovered())
      return emu::fault(emu::ILLEGAL_ADDRESS, "memory of a softmax was freed before it ran");
    for (int i = 0; i < shape.rows; i++) row(size_t(i) * size_t(shape.columns));
    return int(emu::OK);
  });
  return code ? EXECUTION_FAILED : OK;
}

}  // namespace

extern "C" SHARED_WITH_LIBRARIES size_t cudnnGetVersion() { return 8907; }

extern "C" SHARED_WITH_LIBRARIES const char* cudnnGetErrorString(int status) {
  switch (status) {
    case OK: return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    default: return "an unknown status of cuDNN";
  }
}

API cudnnCreate(Handle** handle) {
  LOCKED;
  if (emu::ready()) return NOT_INITIALIZED;
  *handle = new Handle;
  return OK;
}

API cudnnDestroy(Handle* handle) {
  delete handle;
  return OK;
}

API cudnnSetStream(Handle* handle, void* stream) {
  handle->stream = stream;
  return OK;
}

API cudnnCreateTensorDescriptor(Shape** shape) {
  *shape = new Shape;
  return OK;
}

API cudnnDestroyTensorDescriptor(Shape* shape) {
  delete shape;
  return OK;
}

API cudnnSetTensor4dDescriptor(Shape* shape, int format, int type, int n, int c, int h, int w) {
  if (format != NCHW || type != FLOAT) return refuse("only F32 by rows is emulated of cuDNN");
  *shape = {n, c * h * w};
  return OK;
}

API cudnnSoftmaxForward(Handle* handle, int algorithm, int mode, const float* alpha,
                        const Shape* shape, const float* x, const float* beta, const Shape*,
                        float* y) {
  LOCKED;
  if (algorithm != ACCURATE || mode != INSTANCE || *alpha != 1 || *beta != 0)
    return refuse("this softmax of cuDNN is not emulated");
  int columns = shape->columns;
  return queue(handle, "cudnnSoftmaxForward", *shape, {x, y}, [=](size_t start) {
    const float* in = x + start;
    float* out = y + start;
    float max = -INFINITY;
    double sum = 0;
    for (int j = 0; j < columns; j++) max = std::fmax(max, in[j]);
    for (int j = 0; j < columns; j++) sum += out[j] = std::exp(in[j] - max);
    for (int j = 0; j < columns; j++) out[j] = float(out[j] / sum);
  });
}

API cudnnSoftmaxBackward(Handle* handle, int algorithm, int mode, const float* alpha,
                         const Shape* shape, const float* y, const Shape*, const float* dy,
                         const float* beta, const Shape*, float* dx) {
  LOCKED;
  if (algorithm != ACCURATE || mode != INSTANCE || *alpha != 1 || *beta != 0)
    return refuse("this softmax of cuDNN is not emulated");
  int columns = shape->columns;
  return queue(handle, "cudnnSoftmaxBackward", *shape, {y, dy, dx}, [=](size_t start) {
    double sum = 0;
    for (int j = 0; j < columns; j++) sum += double(y[start + j]) * dy[start + j];
    for (int j = 0; j < columns; j++) dx[start + j] = float(y[start + j] * (dy[start + j] - sum));
  });
}
