// Smooth L1 and cross-entropy with their gradients. A loss is added up in two steps: parts by this
// file's kernels, each in a fixed order, then the parts by one block.
#include "sums.cuh"

#define THREADS 256

// With d = |p - t|: sum of d d / (2 beta) where d < beta, else d - beta / 2, times beta. Block b
// adds elements b perBlock, ... up.
extern "C" __global__ void __launch_bounds__(THREADS)
    smoothL1(const real* prediction, const real* target, real* parts, long long n, real beta,
             long long perBlock) {
  long long first = blockIdx.x * perBlock;
  long long end = first + perBlock < n ? first + perBlock : n;
  real sum = 0;
  for (long long i = first + threadIdx.x; i < end; i += THREADS) {
    real distance = prediction[i] - target[i];
    distance = distance < 0 ? -distance : distance;
    real bent = distance > beta ? beta : distance;
    sum += bent * (distance - real(0.5) * bent);
  }
  sum = blockFold<Sum>(sum);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
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

// parts[row] = sum targets log softmax(logits)
extern "C" __global__ void __launch_bounds__(THREADS)
    crossEntropy(const real* logits, const real* targets, real* parts, long long rows, int columns,
                 int team) {
  Row row(team);
  if (row.index >= rows) return;
  logits += row.index * columns;
  targets += row.index * columns;
  real m = most(row, logits, columns);
  real log = logarithm(total(row, logits, columns, m));
  real sum = 0;
  for (int j = row.start; j < columns; j += row.step) sum += targets[j] * (logits[j] - m - log);
  sum = row.fold<Sum>(sum);
  if (row.start == 0) parts[row.index] = sum;
}

// dl = g factor (softmax(logits) sum targets - targets)
extern "C" __global__ void __launch_bounds__(THREADS)
    crossEntropyGrad(const real* logits, const real* targets, const real* g, real* dl,
                     long long rows, int columns, real factor, int team) {
  Row row(team);
  if (row.index >= rows) return;
  logits += row.index * columns;
  targets += row.index * columns;
  dl += row.index * columns;
  real m = most(row, logits, columns);
  real sum = total(row, logits, columns, m);
  real weight = 0;
  for (int j = row.start; j < columns; j += row.step) weight += targets[j];
  weight = row.fold<Sum>(weight);
  real scale = *g * factor;
  for (int j = row.start; j < columns; j += row.step)
    dl[j] = (exponential(logits[j] - m) / sum * weight - targets[j]) * scale;
}
