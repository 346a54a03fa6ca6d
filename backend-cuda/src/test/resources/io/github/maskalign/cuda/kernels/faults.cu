// Faulty kernels, whose faults the emulated device must find.
#include "device.cuh"

extern "C" __global__ void missingBarrier(float* x) {
  __shared__ float copy[64];
  copy[threadIdx.x] = x[threadIdx.x];
  x[threadIdx.x] = copy[(threadIdx.x + 1) % 64];
}

extern "C" __global__ void divergentBarrier(float* x) {
  if (threadIdx.x < 7) __syncthreads();
  x[threadIdx.x] = 0;
}

extern "C" __global__ void divergentShuffle(float* x) {
  float v = x[threadIdx.x];
  if (threadIdx.x < 7) {
    v = __shfl_xor_sync(0xffffffffu, v, 1);
  } else {
    __syncthreads();
  }
  x[threadIdx.x] = v;
}

// <= instead of <
extern "C" __global__ void tailWrite(float* x, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i <= n) x[i] = 1;
}

extern "C" __global__ void tailRead(const float* x, float* sum, int n) {
  float s = 0;
  for (int i = 0; i <= n; i++) s += x[i];
  *sum = s;
}

extern "C" __global__ void headWrite(float* x) { x[-1] = 1; }

extern "C" __global__ void readsShared(float* x) {
  __shared__ float never[64];
  if (x[0] == 1) never[threadIdx.x] = 1;
  x[threadIdx.x] = never[threadIdx.x];
}
