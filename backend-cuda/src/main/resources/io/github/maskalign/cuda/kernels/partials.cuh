// The second pass of sums over many blocks.
#pragma once
#include "rows.cuh"

// out[b] = factor times the sum of partials[b, 0 .. count), by block b
extern "C" __global__ void __launch_bounds__(256)
    sumPartials(const real* partials, real* out, long long count, real factor) {
  partials += blockIdx.x * count;
  real sum = 0;
  for (long long i = threadIdx.x; i < count; i += blockDim.x) sum += partials[i];
  sum = blockReduce<Sum>(sum);
  if (threadIdx.x == 0) out[blockIdx.x] = factor * sum;
}
