// Kernels that test the emulated device.
#include "device.cuh"

extern "C" __global__ void __launch_bounds__(256)
    scale(const float* x, float* y, float factor, long long n) {
  long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) y[i] = factor * x[i];
}

__device__ float warpSum(float v) {
  for (int bits = 16; bits; bits >>= 1) v += __shfl_xor_sync(0xffffffffu, v, bits);
  return v;
}

__device__ float blockSum(float v) {
  __shared__ float parts[32];
  int lane = threadIdx.x & 31, warp = threadIdx.x >> 5, warps = (blockDim.x + 31) >> 5;
  v = warpSum(v);
  __syncthreads();
  if (lane == 0) parts[warp] = v;
  __syncthreads();
  return warpSum(lane < warps ? parts[lane] : 0.0f);
}

// y[row] = the sum of the row, copied to dynamic shared memory first
extern "C" __global__ void rowSum(const float* x, float* y, int columns) {
  DYNAMIC_SHARED(float, row);
  float sum = 0;
  for (int i = threadIdx.x; i < columns; i += blockDim.x)
    row[i] = x[(size_t)blockIdx.x * columns + i];
  __syncthreads();
  for (int i = threadIdx.x; i < columns; i += blockDim.x) sum += row[columns - 1 - i];
  sum = blockSum(sum);
  if (threadIdx.x == 0) y[blockIdx.x] = sum;
}

// c [16, 8] = a [16, k] b [8, k]' by one warp
extern "C" __global__ void mmaTile(const bf16* a, const bf16* b, float* c, int k) {
  int group = threadIdx.x / 4, pair = threadIdx.x % 4;
  float sums[4] = {};
  for (int start = 0; start < k; start += 16) {
    const unsigned* upper = (const unsigned*)(a + group * k + start);
    const unsigned* lower = (const unsigned*)(a + (group + 8) * k + start);
    const unsigned* column = (const unsigned*)(b + group * k + start);
    unsigned left[4] = {upper[pair], lower[pair], upper[pair + 4], lower[pair + 4]};
    unsigned right[2] = {column[pair], column[pair + 4]};
    mmaBf16(sums, left, right);
  }
  for (int i = 0; i < 4; i++) c[(group + i / 2 * 8) * 8 + pair * 2 + i % 2] = sums[i];
}

struct Pair {
  float* target;
  float value;
};

extern "C" __global__ void fillPair(Pair pair, int n) {
  for (int i = threadIdx.x; i < n; i += blockDim.x) pair.target[i] = pair.value;
}

#ifdef VALUE
extern "C" __global__ void defined(float* x) { *x = VALUE; }
#endif
