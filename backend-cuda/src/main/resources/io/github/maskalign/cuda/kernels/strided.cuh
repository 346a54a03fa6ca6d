// Loops over the elements of strided views.
#pragma once
#include "device.cuh"

#define MAX_AXES 6

// Packed by class StridedLoop: the layouts of several views of one shape.
template <int VIEWS>
struct StridedLoop {
  long long rank;
  long long dims[MAX_AXES];
  long long strides[VIEWS][MAX_AXES];
};

// The offset of element i, counted in row-major order, in each view.
template <int VIEWS>
__device__ __forceinline__ void offsetsOf(const StridedLoop<VIEWS>& loop, unsigned i,
                                          long long (&offsets)[VIEWS]) {
#pragma unroll
  for (int view = 0; view < VIEWS; view++) offsets[view] = 0;
  for (int axis = int(loop.rank) - 1; axis > 0; axis--) {
    unsigned dim = unsigned(loop.dims[axis]), outer = i / dim, index = i - outer * dim;
#pragma unroll
    for (int view = 0; view < VIEWS; view++) offsets[view] += index * loop.strides[view][axis];
    i = outer;
  }
#pragma unroll
  for (int view = 0; view < VIEWS; view++) offsets[view] += i * loop.strides[view][0];
}

// The elements of a block: ELEMENTS_PER_THREAD for each of its THREADS, coalesced.
#define THREADS 256
#define ELEMENTS_PER_THREAD 4
#define ELEMENTS_PER_BLOCK (THREADS * ELEMENTS_PER_THREAD)
#define FOR_EACH_ELEMENT(i, n)                                                    \
  for (unsigned i = blockIdx.x * ELEMENTS_PER_BLOCK + threadIdx.x,                \
                end_ = min(unsigned(n), (blockIdx.x + 1) * ELEMENTS_PER_BLOCK);   \
       i < end_; i += THREADS)
