// The weighted sum of several levels [n] and its gradient for the weights, all levels in a launch.
#include "sums.cuh"

#define THREADS 256
#define MOST_LEVELS 32
// Elements of g that a thread keeps while the levels pass.
#define HELD 8

struct Levels {
  const real* at[MOST_LEVELS];
};

// y = sum weights[i] levels[i]
extern "C" __global__ void __launch_bounds__(THREADS)
    weightedSum(Levels levels, int count, const real* weights, real* y, long long n) {
  long long i = (long long)blockIdx.x * THREADS + threadIdx.x;
  if (i >= n) return;
  real sum = weights[0] * levels.at[0][i];
#pragma unroll 4
  for (int level = 1; level < count; level++) sum += weights[level] * levels.at[level][i];
  y[i] = sum;
}

// parts[level, block] = sum g levels[level] over the block's elements
extern "C" __global__ void __launch_bounds__(THREADS)
    weightedSumWeightGrad(Levels levels, int count, const real* g, real* parts, long long n) {
  long long first = (long long)blockIdx.x * THREADS * HELD + threadIdx.x;
  real held[HELD];
#pragma unroll
  for (int i = 0; i < HELD; i++)
    held[i] = first + i * THREADS < n ? g[first + i * THREADS] : 0;
  for (int level = 0; level < count; level++) {
    const real* x = levels.at[level] + first;
    real sum = 0;
#pragma unroll
    for (int i = 0; i < HELD; i++)
      if (first + i * THREADS < n) sum += held[i] * x[i * THREADS];
    sum = blockFold<Sum>(sum);
    if (threadIdx.x == 0) parts[(long long)level * gridDim.x + blockIdx.x] = sum;
  }
}
