// How kernels find the elements of strided views.
#pragma once
#include "device.cuh"

#define MOST_AXES 6

// As class Walk packs it: SIDES views of one shape.
template <int SIDES>
struct Axes {
  long long rank;
  long long dims[MOST_AXES];
  long long strides[SIDES][MOST_AXES];
};

// Where element i, counted row-major, lies in each view.
template <int SIDES>
__device__ __forceinline__ void locate(const Axes<SIDES>& axes, unsigned i,
                                       long long (&at)[SIDES]) {
#pragma unroll
  for (int side = 0; side < SIDES; side++) at[side] = 0;
  for (int axis = int(axes.rank) - 1; axis > 0; axis--) {
    unsigned dim = unsigned(axes.dims[axis]), outer = i / dim, index = i - outer * dim;
#pragma unroll
    for (int side = 0; side < SIDES; side++) at[side] += index * axes.strides[side][axis];
    i = outer;
  }
#pragma unroll
  for (int side = 0; side < SIDES; side++) at[side] += i * axes.strides[side][0];
}

// Elements of a block: HELD for each of its THREADS, neighbours to neighbouring threads.
#define THREADS 256
#define HELD 4
#define FOR_EACH_ELEMENT(i, n)                                          \
  for (unsigned i = blockIdx.x * (THREADS * HELD) + threadIdx.x,        \
                end_ = min(unsigned(n), (blockIdx.x + 1) * (THREADS * HELD)); \
       i < end_; i += THREADS)
