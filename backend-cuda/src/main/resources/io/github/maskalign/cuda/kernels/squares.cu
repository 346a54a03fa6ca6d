// The squares of many tensors added up. REAL is float or double.
#include "real.cuh"
#include "table.cuh"

// As class AccumulateKernel packs it.
struct Span {
  const real* x;
  long long size, firstBlock;
};

// sums[block] = the sum of the squares of the block's elements, always in the same order
extern "C" __global__ void __launch_bounds__(THREADS)
    sumOfSquares(const Span* table, int spans, double* sums) {
  __shared__ real parts[THREADS];
  const Span span = entryOfBlock(table, spans);
  real sum = 0;
  FOR_EACH_OF_BLOCK(i, span) sum += span.x[i] * span.x[i];
  parts[threadIdx.x] = sum;
  for (int half = THREADS / 2; half; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) parts[threadIdx.x] += parts[threadIdx.x + half];
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = parts[0];
}
