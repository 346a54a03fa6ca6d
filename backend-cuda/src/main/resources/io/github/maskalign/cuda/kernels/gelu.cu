// The kinds of GELU, x gate(x), and their derivatives, gate(x) + x slope(x). REAL is float or
// double.
#include "real.cuh"

#define THREADS 256

// In the order of Gelu.
enum Kind { ERF, TANH, QUICK };

#define SQRT_HALF real(0.70710678118654752)
#define NORMAL_DENSITY real(0.39894228040143268)
#define TANH_SCALE real(0.79788456080286536)
#define TANH_CUBIC real(0.044715)
#define QUICK_SLOPE real(1.702)

__device__ __forceinline__ real sigmoid(real x) { return 1 / (1 + exponential(-x)); }

__device__ __forceinline__ real tanhOf(real x) {
  return tangent(x * TANH_SCALE * (1 + TANH_CUBIC * x * x));
}

__device__ __forceinline__ real gate(int kind, real x) {
  switch (kind) {
    case ERF: return real(0.5) * complement(-SQRT_HALF * x);
    case TANH: return real(0.5) + real(0.5) * tanhOf(x);
    default: return sigmoid(QUICK_SLOPE * x);
  }
}

__device__ __forceinline__ real slope(int kind, real x) {
  switch (kind) {
    case ERF: return NORMAL_DENSITY * exponential(real(-0.5) * x * x);
    case TANH: {
      real t = tanhOf(x);
      return real(0.5) * (1 - t * t) * TANH_SCALE * (1 + 3 * TANH_CUBIC * x * x);
    }
    default: {
      real s = sigmoid(QUICK_SLOPE * x);
      return QUICK_SLOPE * s * (1 - s);
    }
  }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    gelu(const real* x, real* y, long long n, int kind) {
  long long i = (long long)blockIdx.x * THREADS + threadIdx.x;
  if (i < n) y[i] = x[i] * gate(kind, x[i]);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    geluGrad(const real* x, const real* g, real* dx, long long n, int kind) {
  long long i = (long long)blockIdx.x * THREADS + threadIdx.x;
  if (i < n) dx[i] = g[i] * (gate(kind, x[i]) + x[i] * slope(kind, x[i]));
}
