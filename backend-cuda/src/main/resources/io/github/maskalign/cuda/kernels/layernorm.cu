// Layer norm over rows [rows, columns] and its gradients.
#include "rows.cuh"

#define THREADS 256
// Elements of a row that a thread of the gradient holds in registers.
#define HELD 4


// y = (x - mean) / sqrt(variance + eps), and gamma y + beta unless gamma is null
extern "C" __global__ void __launch_bounds__(THREADS)
    layerNorm(const real* x, const real* gamma, const real* beta, real* y, long long rows,
              int columns, real eps, int team) {
  Row row(team);
  if (row.index >= rows) return;
  x += row.index * columns;
  y += row.index * columns;
  real sum = 0, squares = 0;
  for (int j = row.start; j < columns; j += row.step) sum += x[j];
  real mean = row.fold<Sum>(sum) / columns;
  for (int j = row.start; j < columns; j += row.step) {
    real centred = x[j] - mean;
    squares += centred * centred;
  }
  real scale = 1 / root(row.fold<Sum>(squares) / columns + eps);
  for (int j = row.start; j < columns; j += row.step) {
    real normalised = (x[j] - mean) * scale;
    y[j] = gamma ? normalised * gamma[j] + beta[j] : normalised;
  }
}

// With n the normalised row and h = g gamma: dx = scale (h - mean h - n mean(h n)). A block goes
// over `perBlock` rows; thread t has columns t, t + threads, ... of each, so that it can keep its
// part of the sums over rows, g n for gamma and g for beta, in registers: partial [blocks, 2,
// columns], nothing if gamma is null.
extern "C" __global__ void __launch_bounds__(1024)
    layerNormGrad(const real* x, const real* gamma, const real* g, real* dx, real* partial,
                  long long rows, int columns, real eps, int perBlock) {
  real gammas[HELD], betas[HELD];
#pragma unroll
  for (int i = 0; i < HELD; i++) gammas[i] = betas[i] = 0;
  long long first = (long long)blockIdx.x * perBlock;
  long long end = first + perBlock < rows ? first + perBlock : rows;
  for (long long row = first; row < end; row++) {
    real n[HELD], h[HELD], sum = 0, squares = 0, along = 0, slopes = 0;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
      int j = threadIdx.x + i * blockDim.x;
      n[i] = j < columns ? x[row * columns + j] : 0;
      h[i] = j < columns ? g[row * columns + j] : 0;
      sum += n[i];
    }
    real mean = blockFold<Sum>(sum) / columns;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
      n[i] = threadIdx.x + i * blockDim.x < columns ? n[i] - mean : 0;
      squares += n[i] * n[i];
    }
    real scale = 1 / root(blockFold<Sum>(squares) / columns + eps);
#pragma unroll
    for (int i = 0; i < HELD; i++) {
      int j = threadIdx.x + i * blockDim.x;
      n[i] *= scale;
      gammas[i] += h[i] * n[i];
      betas[i] += h[i];
      if (gamma && j < columns) h[i] *= gamma[j];
      slopes += h[i];
      along += h[i] * n[i];
    }
    slopes = blockFold<Sum>(slopes) / columns;
    along = blockFold<Sum>(along) / columns;
#pragma unroll
    for (int i = 0; i < HELD; i++) {
      int j = threadIdx.x + i * blockDim.x;
      if (j < columns) dx[row * columns + j] = scale * (h[i] - slopes - n[i] * along);
    }
  }
  if (!gamma) return;
  partial += (long long)blockIdx.x * 2 * columns;
#pragma unroll
  for (int i = 0; i < HELD; i++) {
    int j = threadIdx.x + i * blockDim.x;
    if (j < columns) {
      partial[j] = gammas[i];
      partial[columns + j] = betas[i];
    }
  }
}

// The partial sums of all blocks added up: a warp across has neighbouring columns, the warps of a
// block share the parts of these columns.
extern "C" __global__ void __launch_bounds__(THREADS)
    layerNormGradSums(const real* partial, int parts, int columns, real* gamma, real* beta) {
  __shared__ real sums[THREADS / WARP][WARP + 1];
  int lane = threadIdx.x % WARP, warp = threadIdx.x / WARP;
  int j = blockIdx.x * WARP + lane;
  real sum = 0;
  if (j < 2 * columns)
    for (int part = warp; part < parts; part += THREADS / WARP)
      sum += partial[(long long)part * 2 * columns + j];
  sums[warp][lane] = sum;
  __syncthreads();
  if (warp > 0 || j >= 2 * columns) return;
#pragma unroll
  for (int w = 1; w < THREADS / WARP; w++) sum += sums[w][lane];
  if (j < columns) {
    gamma[j] = sum;
  } else {
    beta[j - columns] = sum;
  }
}
