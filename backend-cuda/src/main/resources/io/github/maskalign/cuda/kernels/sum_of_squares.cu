// The sum of the squares of many tensors. REAL is float or double.
#include "real.cuh"
#include "table.cuh"

// Packed by class SumOfSquaresKernel.
struct Span {
  const real* x;
  long long size, firstBlock;
};

// sums[block] = the sum of the squares of the block's elements, in a fixed order
extern "C" __global__ void __launch_bounds__(THREADS)
    sumOfSquares(const Span* table, int spans, double* sums) {
  __shared__ real partials[THREADS];
  const Span span = findEntry(table, spans);
  real sum = 0;
  FOR_EACH_ELEMENT_OF(span, i) sum += span.x[i] * span.x[i];
  partials[threadIdx.x] = sum;
  for (int half = THREADS / 2; half; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) partials[threadIdx.x] += partials[threadIdx.x + half];
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = partials[0];
}
