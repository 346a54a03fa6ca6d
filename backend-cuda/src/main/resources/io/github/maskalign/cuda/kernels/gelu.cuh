// The kinds of GELU, x gate(x), and their derivatives, gate(x) + x gateGrad(x). REAL is float or
// double. GELU names the kind: a name that is not among the structs below does not compile.
#pragma once
#include "real.cuh"

#define SQRT_HALF real(0.70710678118654752)
#define NORMAL_DENSITY real(0.39894228040143268)
#define TANH_SCALE real(0.79788456080286536)
#define TANH_CUBIC real(0.044715)
#define QUICK_SLOPE real(1.702)

// The kinds of enum Gelu.
namespace kinds {

struct ERF {
  static __device__ __forceinline__ real gate(real x) {
    return real(0.5) * math::erfc(-SQRT_HALF * x);
  }
  static __device__ __forceinline__ real gateGrad(real x) {
    return NORMAL_DENSITY * math::exp(real(-0.5) * x * x);
  }
};

struct TANH {
  static __device__ __forceinline__ real tanh(real x) {
    return math::tanh(x * TANH_SCALE * (1 + TANH_CUBIC * x * x));
  }
  static __device__ __forceinline__ real gate(real x) {
    return real(0.5) + real(0.5) * tanh(x);
  }
  static __device__ __forceinline__ real gateGrad(real x) {
    real t = tanh(x);
    return real(0.5) * (1 - t * t) * TANH_SCALE * (1 + 3 * TANH_CUBIC * x * x);
  }
};

struct QUICK {
  static __device__ __forceinline__ real gate(real x) {
    return 1 / (1 + math::exp(-(QUICK_SLOPE * x)));
  }
  static __device__ __forceinline__ real gateGrad(real x) {
    real s = gate(x);
    return QUICK_SLOPE * s * (1 - s);
  }
};

}  // namespace kinds

typedef kinds::GELU Kind;
