// Layer norm over rows [rows, columns] and its gradients.
#include "output.cuh"
#include "rows.cuh"

#define THREADS 256
// Elements of a row that each thread of the gradient keeps in registers.
#define ELEMENTS_PER_THREAD 4

// y = (x - mean) / sqrt(variance + eps), and gamma y + beta unless gamma is null
extern "C" __global__ void __launch_bounds__(THREADS)
    layerNorm(const real* x, const real* gamma, const real* beta, out_t* y, long long rows,
              int columns, real eps, int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  x += row.index * columns;
  y += row.index * columns;
  real sum = 0, squares = 0;
  for (int j = row.start; j < columns; j += row.stride) sum += x[j];
  real mean = row.reduce<Sum>(sum) / columns;
  for (int j = row.start; j < columns; j += row.stride) {
    real centered = x[j] - mean;
    squares += centered * centered;
  }
  real scale = 1 / math::sqrt(row.reduce<Sum>(squares) / columns + eps);
  for (int j = row.start; j < columns; j += row.stride) {
    real normalized = (x[j] - mean) * scale;
    y[j] = Output::of(gamma ? normalized * gamma[j] + beta[j] : normalized);
  }
}

// With n the normalized row and h = g gamma: dx = scale (h - mean h - n mean(h n)). A block
// computes `rowsPerBlock` rows. Thread t has columns t, t + threads, ... of each, so that it keeps
// its part of the sums over rows, g n for gamma and g for beta, in registers. They are written to
// partials [blocks, 2, columns] unless gamma is null.
extern "C" __global__ void __launch_bounds__(1024)
    layerNormGrad(const real* x, const real* gamma, const real* g, real* dx, real* partials,
                  long long rows, int columns, real eps, int rowsPerBlock) {
  real dgamma[ELEMENTS_PER_THREAD], dbeta[ELEMENTS_PER_THREAD];
#pragma unroll
  for (int i = 0; i < ELEMENTS_PER_THREAD; i++) dgamma[i] = dbeta[i] = 0;
  long long first = (long long)blockIdx.x * rowsPerBlock;
  long long end = first + rowsPerBlock < rows ? first + rowsPerBlock : rows;
  for (long long row = first; row < end; row++) {
    real n[ELEMENTS_PER_THREAD], h[ELEMENTS_PER_THREAD];
    real sum = 0, squares = 0, sumH = 0, sumHN = 0;
#pragma unroll
    for (int i = 0; i < ELEMENTS_PER_THREAD; i++) {
      int j = threadIdx.x + i * blockDim.x;
      n[i] = j < columns ? x[row * columns + j] : 0;
      h[i] = j < columns ? g[row * columns + j] : 0;
      sum += n[i];
    }
    real mean = blockReduce<Sum>(sum) / columns;
#pragma unroll
    for (int i = 0; i < ELEMENTS_PER_THREAD; i++) {
      n[i] = threadIdx.x + i * blockDim.x < columns ? n[i] - mean : 0;
      squares += n[i] * n[i];
    }
    real scale = 1 / math::sqrt(blockReduce<Sum>(squares) / columns + eps);
#pragma unroll
    for (int i = 0; i < ELEMENTS_PER_THREAD; i++) {
      int j = threadIdx.x + i * blockDim.x;
      n[i] *= scale;
      dgamma[i] += h[i] * n[i];
      dbeta[i] += h[i];
      if (gamma && j < columns) h[i] *= gamma[j];
      sumH += h[i];
      sumHN += h[i] * n[i];
    }
    real meanH = blockReduce<Sum>(sumH) / columns;
    real meanHN = blockReduce<Sum>(sumHN) / columns;
#pragma unroll
    for (int i = 0; i < ELEMENTS_PER_THREAD; i++) {
      int j = threadIdx.x + i * blockDim.x;
      if (j < columns) dx[row * columns + j] = scale * (h[i] - meanH - n[i] * meanHN);
    }
  }
  if (!gamma) return;
  partials += (long long)blockIdx.x * 2 * columns;
#pragma unroll
  for (int i = 0; i < ELEMENTS_PER_THREAD; i++) {
    int j = threadIdx.x + i * blockDim.x;
    if (j < columns) {
      partials[j] = dgamma[i];
      partials[columns + j] = dbeta[i];
    }
  }
}

// Sums the partials of all blocks: the lanes of a warp have neighboring columns, the warps of a
// block share the partials of these columns.
extern "C" __global__ void __launch_bounds__(THREADS)
    layerNormWeightGrad(const real* partials, int count, int columns, real* dgamma, real* dbeta) {
  __shared__ real sums[THREADS / WARP_SIZE][WARP_SIZE + 1];
  int lane = threadIdx.x % WARP_SIZE, warp = threadIdx.x / WARP_SIZE;
  int j = blockIdx.x * WARP_SIZE + lane;
  real sum = 0;
  if (j < 2 * columns)
    for (int i = warp; i < count; i += THREADS / WARP_SIZE)
      sum += partials[(long long)i * 2 * columns + j];
  sums[warp][lane] = sum;
  __syncthreads();
  if (warp > 0 || j >= 2 * columns) return;
#pragma unroll
  for (int w = 1; w < THREADS / WARP_SIZE; w++) sum += sums[w][lane];
  if (j < columns) {
    dgamma[j] = sum;
  } else {
    dbeta[j - columns] = sum;
  }
}
