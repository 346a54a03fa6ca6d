// Softmax and log-softmax over rows [rows, columns], the row's maximum subtracted first, and their
// gradients. Kernels read a row more than once; it then comes from the L1 cache.
#include "rows.cuh"

#define THREADS 256

// y = e^(x - max) / sum e^(x - max)
extern "C" __global__ void __launch_bounds__(THREADS)
    softmax(const real* x, real* y, long long rows, int columns, int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  x += row.index * columns;
  y += row.index * columns;
  real m = rowMax(row, x, columns);
  real sum = rowSumExp(row, x, columns, m);
  for (int j = row.start; j < columns; j += row.stride) y[j] = math::exp(x[j] - m) / sum;
}

// y = x - max - log sum e^(x - max)
extern "C" __global__ void __launch_bounds__(THREADS)
    logSoftmax(const real* x, real* y, long long rows, int columns, int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  x += row.index * columns;
  y += row.index * columns;
  real m = rowMax(row, x, columns);
  real logSum = math::log(rowSumExp(row, x, columns, m));
  for (int j = row.start; j < columns; j += row.stride) y[j] = x[j] - m - logSum;
}

// dx = y (g - sum g y)
extern "C" __global__ void __launch_bounds__(THREADS)
    softmaxGrad(const real* y, const real* g, real* dx, long long rows, int columns,
                int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  y += row.index * columns;
  g += row.index * columns;
  dx += row.index * columns;
  real sum = 0;
  for (int j = row.start; j < columns; j += row.stride) sum += g[j] * y[j];
  sum = row.reduce<Sum>(sum);
  for (int j = row.start; j < columns; j += row.stride) dx[j] = y[j] * (g[j] - sum);
}

// dx = g - e^y sum g
extern "C" __global__ void __launch_bounds__(THREADS)
    logSoftmaxGrad(const real* y, const real* g, real* dx, long long rows, int columns,
                   int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  y += row.index * columns;
  g += row.index * columns;
  dx += row.index * columns;
  real sum = 0;
  for (int j = row.start; j < columns; j += row.stride) sum += g[j];
  sum = row.reduce<Sum>(sum);
#pragma unroll 1
  for (int j = row.start; j < columns; j += row.stride) dx[j] = g[j] - math::exp(y[j]) * sum;
}
