// The weighted sum of several levels [n] and its gradient for the weights, each in one launch over
// all levels.
#include "partials.cuh"

#define THREADS 256
#define MAX_LEVELS 32
// Elements of g that a thread keeps in registers while it reads the levels.
#define ELEMENTS_PER_THREAD 8

struct Levels {
  const real* at[MAX_LEVELS];
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

// partials[level, block] = sum g levels[level] over the block's elements
extern "C" __global__ void __launch_bounds__(THREADS)
    weightedSumWeightGrad(Levels levels, int count, const real* g, real* partials, long long n) {
  long long first = (long long)blockIdx.x * THREADS * ELEMENTS_PER_THREAD + threadIdx.x;
  real gs[ELEMENTS_PER_THREAD];
#pragma unroll
  for (int i = 0; i < ELEMENTS_PER_THREAD; i++)
    gs[i] = first + i * THREADS < n ? g[first + i * THREADS] : 0;
  for (int level = 0; level < count; level++) {
    const real* x = levels.at[level] + first;
    real sum = 0;
#pragma unroll
    for (int i = 0; i < ELEMENTS_PER_THREAD; i++)
      if (first + i * THREADS < n) sum += gs[i] * x[i * THREADS];
    sum = blockReduce<Sum>(sum);
    if (threadIdx.x == 0) partials[(long long)level * gridDim.x + blockIdx.x] = sum;
  }
}
