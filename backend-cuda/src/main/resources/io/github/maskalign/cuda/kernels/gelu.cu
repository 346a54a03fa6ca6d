// GELU and its derivative.
#include "gelu.cuh"

#define THREADS 256

extern "C" __global__ void __launch_bounds__(THREADS) gelu(const real* x, real* y, long long n) {
  long long i = (long long)blockIdx.x * THREADS + threadIdx.x;
  if (i < n) y[i] = x[i] * Kind::gate(x[i]);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    geluGrad(const real* x, const real* g, real* dx, long long n) {
  long long i = (long long)blockIdx.x * THREADS + threadIdx.x;
  // An explicit fma, because the compiler could also fuse the product inside the gate.
  if (i < n) dx[i] = g[i] * math::fma(x[i], Kind::gateGrad(x[i]), Kind::gate(x[i]));
}
