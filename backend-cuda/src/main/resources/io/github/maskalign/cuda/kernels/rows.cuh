// What kernels share that go over rows or add many numbers up. REAL is float or double; every sum
// has one order, so that the same numbers give the same bits.
#pragma once
#include "real.cuh"

#define WARP 32

struct Sum {
  static __device__ __forceinline__ real none() { return 0; }
  static __device__ __forceinline__ real join(real a, real b) { return a + b; }
};

// Passes over NaN: whoever needs it meets it again in the sum of exponentials.
struct Most {
  static __device__ __forceinline__ real none() { return MINUS_INFINITY; }
  static __device__ __forceinline__ real join(real a, real b) { return larger(a, b); }
};

// The values of a warp joined, in every lane.
template <class Join>
__device__ __forceinline__ real warpFold(real v) {
#pragma unroll
  for (int bits = WARP / 2; bits; bits >>= 1)
    v = Join::join(v, __shfl_xor_sync(0xffffffffu, v, bits));
  return v;
}

// The values of a block of whole warps joined, in every thread.
template <class Join>
__device__ __forceinline__ real blockFold(real v) {
  __shared__ real parts[WARP];
  int lane = threadIdx.x % WARP, warps = blockDim.x / WARP;
  v = warpFold<Join>(v);
  __syncthreads();  // the parts of the fold before were read
  if (lane == 0) parts[threadIdx.x / WARP] = v;
  __syncthreads();
  return warpFold<Join>(lane < warps ? parts[lane] : Join::none());
}

// The row of this thread and which of its elements: start, start + step, ... A row is shared by a
// team, which is a warp or, for long rows, the block.
struct Row {
  long long index;
  int start, step;

  __device__ __forceinline__ explicit Row(int team)
      : index(((long long)blockIdx.x * blockDim.x + threadIdx.x) / team),
        start(threadIdx.x % team),
        step(team) {}

  template <class Join>
  __device__ __forceinline__ real fold(real v) const {
    return step == WARP ? warpFold<Join>(v) : blockFold<Join>(v);
  }
};

// The largest element of a row.
__device__ __forceinline__ real most(const Row& row, const real* x, int columns) {
  real m = MINUS_INFINITY;
  for (int j = row.start; j < columns; j += row.step) m = larger(m, x[j]);
  return row.fold<Most>(m);
}

// The sum of e^(x - m) over a row.
__device__ __forceinline__ real total(const Row& row, const real* x, int columns, real m) {
  real sum = 0;
  for (int j = row.start; j < columns; j += row.step) sum += exponential(x[j] - m);
  return row.fold<Sum>(sum);
}
