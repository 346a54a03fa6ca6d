// Reductions over warps, blocks and rows. REAL is float or double. The order of additions is fixed,
// so that the same input gives the same bits.
#pragma once
#include "real.cuh"

struct Sum {
  static __device__ __forceinline__ real identity() { return 0; }
  static __device__ __forceinline__ real apply(real a, real b) { return a + b; }
};

// Ignores NaN; callers that must return NaN get it from the sum of exponentials.
struct Max {
  static __device__ __forceinline__ real identity() { return MINUS_INFINITY; }
  static __device__ __forceinline__ real apply(real a, real b) { return math::max(a, b); }
};

// Reduces the values of a warp; every lane gets the result.
template <class Op>
__device__ __forceinline__ real warpReduce(real v) {
#pragma unroll
  for (int mask = WARP_SIZE / 2; mask; mask >>= 1)
    v = Op::apply(v, __shfl_xor_sync(FULL_MASK, v, mask));
  return v;
}

// Reduces the values of a block of whole warps; every thread gets the result.
template <class Op>
__device__ __forceinline__ real blockReduce(real v) {
  __shared__ real partials[WARP_SIZE];
  int lane = threadIdx.x % WARP_SIZE, warps = blockDim.x / WARP_SIZE;
  v = warpReduce<Op>(v);
  __syncthreads();  // the previous reduction has read its partials
  if (lane == 0) partials[threadIdx.x / WARP_SIZE] = v;
  __syncthreads();
  return warpReduce<Op>(lane < warps ? partials[lane] : Op::identity());
}

// The row of this thread, and its elements start, start + stride, ... A row is shared by a warp, or
// if it is long by the block: class RowGrid launches with no other number of threads per row.
struct Row {
  long long index;
  int start, stride;

  __device__ __forceinline__ explicit Row(int threadsPerRow)
      : index(((long long)blockIdx.x * blockDim.x + threadIdx.x) / threadsPerRow),
        start(threadIdx.x % threadsPerRow),
        stride(threadsPerRow) {}

  template <class Op>
  __device__ __forceinline__ real reduce(real v) const {
    return stride == WARP_SIZE ? warpReduce<Op>(v) : blockReduce<Op>(v);
  }
};

// The maximum of a row.
__device__ __forceinline__ real rowMax(const Row& row, const real* x, int columns) {
  real m = MINUS_INFINITY;
  for (int j = row.start; j < columns; j += row.stride) m = math::max(m, x[j]);
  return row.reduce<Max>(m);
}

// The sum of e^(x - m) over a row.
__device__ __forceinline__ real rowSumExp(const Row& row, const real* x, int columns, real m) {
  real sum = 0;
  for (int j = row.start; j < columns; j += row.stride) sum += math::exp(x[j] - m);
  return row.reduce<Sum>(sum);
}
