// Smooth L1 and cross-entropy with their gradients. Losses are summed in two passes, both in a
// fixed order: these kernels write partials, which one block of sumPartials adds.
#include "partials.cuh"

#define THREADS 256

// With d = |p - t|: the sum of d d / (2 beta) where d < beta, else d - beta / 2, times beta. Block
// b sums elements b perBlock, b perBlock + 1, ...
extern "C" __global__ void __launch_bounds__(THREADS)
    smoothL1(const real* prediction, const real* target, real* partials, long long n, real beta,
             long long perBlock) {
  long long first = blockIdx.x * perBlock;
  long long end = first + perBlock < n ? first + perBlock : n;
  real sum = 0;
  for (long long i = first + threadIdx.x; i < end; i += THREADS) {
    real distance = prediction[i] - target[i];
    distance = distance < 0 ? -distance : distance;
    real clipped = distance > beta ? beta : distance;
    sum += clipped * (distance - real(0.5) * clipped);
  }
  sum = blockReduce<Sum>(sum);
  if (threadIdx.x == 0) partials[blockIdx.x] = sum;
}

// dp = g factor clamp((p - t) / beta, -1, 1)
extern "C" __global__ void __launch_bounds__(THREADS)
    smoothL1Grad(const real* prediction, const real* target, const real* g, real* dp, long long n,
                 real inverseBeta, real factor) {
  long long i = (long long)blockIdx.x * THREADS + threadIdx.x;
  if (i >= n) return;
  real slope = (prediction[i] - target[i]) * inverseBeta;
  real clamped = slope > 1 ? 1 : slope < -1 ? -1 : slope;
  dp[i] = clamped * (*g * factor);
}

// partials[row] = sum targets log softmax(logits)
extern "C" __global__ void __launch_bounds__(THREADS)
    crossEntropy(const real* logits, const real* targets, real* partials, long long rows,
                 int columns, int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  logits += row.index * columns;
  targets += row.index * columns;
  real m = rowMax(row, logits, columns);
  real logSum = math::log(rowSumExp(row, logits, columns, m));
  real sum = 0;
  for (int j = row.start; j < columns; j += row.stride)
    sum += targets[j] * (logits[j] - m - logSum);
  sum = row.reduce<Sum>(sum);
  if (row.start == 0) partials[row.index] = sum;
}

// dl = g factor (softmax(logits) sum targets - targets)
extern "C" __global__ void __launch_bounds__(THREADS)
    crossEntropyGrad(const real* logits, const real* targets, const real* g, real* dl,
                     long long rows, int columns, real factor, int threadsPerRow) {
  Row row(threadsPerRow);
  if (row.index >= rows) return;
  logits += row.index * columns;
  targets += row.index * columns;
  dl += row.index * columns;
  real m = rowMax(row, logits, columns);
  real sum = rowSumExp(row, logits, columns, m);
  real weight = 0;
  for (int j = row.start; j < columns; j += row.stride) weight += targets[j];
  weight = row.reduce<Sum>(weight);
  real scale = *g * factor;
  for (int j = row.start; j < columns; j += row.stride)
    dl[j] = (math::exp(logits[j] - m) / sum * weight - targets[j]) * scale;
}
