// Softmax and log-softmax over rows [rows, columns], the row's maximum subtracted first, and their
// gradients. A row is read more than once; after the first time it comes from the nearest cache.
#include "rows.cuh"

#define THREADS 256

// y = e^(x - max) / sum e^(x - max)
extern "C" __global__ void __launch_bounds__(THREADS)
    softmax(const real* x, real* y, long long rows, int columns, int team) {
  Row row(team);
  if (row.index >= rows) return;
  x += row.index * columns;
  y += row.index * columns;
  real m = most(row, x, columns);
  real sum = total(row, x, columns, m);
  for (int j = row.start; j < columns; j += row.step) y[j] = exponential(x[j] - m) / sum;
}

// y = x - max - log sum e^(x - max)
extern "C" __global__ void __launch_bounds__(THREADS)
    logSoftmax(const real* x, real* y, long long rows, int columns, int team) {
  Row row(team);
  if (row.index >= rows) return;
  x += row.index * columns;
  y += row.index * columns;
  real m = most(row, x, columns);
  real log = logarithm(total(row, x, columns, m));
  for (int j = row.start; j < columns; j += row.step) y[j] = x[j] - m - log;
}

// dx = y (g - sum g y)
extern "C" __global__ void __launch_bounds__(THREADS)
    softmaxGrad(const real* y, const real* g, real* dx, long long rows, int columns, int team) {
  Row row(team);
  if (row.index >= rows) return;
  y += row.index * columns;
  g += row.index * columns;
  dx += row.index * columns;
  real sum = 0;
  for (int j = row.start; j < columns; j += row.step) sum += g[j] * y[j];
  sum = row.fold<Sum>(sum);
  for (int j = row.start; j < columns; j += row.step) dx[j] = y[j] * (g[j] - sum);
}

// dx = g - e^y sum g
extern "C" __global__ void __launch_bounds__(THREADS)
    logSoftmaxGrad(const real* y, const real* g, real* dx, long long rows, int columns, int team) {
  Row row(team);
  if (row.index >= rows) return;
  y += row.index * columns;
  g += row.index * columns;
  dx += row.index * columns;
  real sum = 0;
  for (int j = row.start; j < columns; j += row.step) sum += g[j];
  sum = row.fold<Sum>(sum);
#pragma unroll 1
  for (int j = row.start; j < columns; j += row.step) dx[j] = g[j] - exponential(y[j]) * sum;
}
