// The tiles of attention on plain multiply-adds: numbers in shared memory are F32. Lane l of a warp
// has rows 4 (l / 8) to 4 (l / 8) + 3 of its 16, and of a step the columns l % 8, l % 8 + 8, ...
#pragma once
#include "device.cuh"

typedef float element;

// A row of shared memory, wider than a head so that neighbouring rows meet different banks.
#define PITCH (HEAD + 4)
#define LANE_ROWS 4
#define LANE_COLUMNS (STEP / 8)
#define LANE_SUMS (HEAD / 8)
#define WEIGHTS_PITCH (STEP + 4)
// Lanes that share a row are those that differ in bits below this.
#define ROW_LANES 8
// Of each warp, to hand weights from lane to lane.
#define SCRATCH_FLOATS (ROWS * WEIGHTS_PITCH)
#define THREADS 128
#define RESIDENT_BLOCKS 1

typedef float Scores[LANE_ROWS][LANE_COLUMNS];
typedef float Sums[LANE_ROWS][LANE_SUMS];

__device__ __forceinline__ int lane() { return threadIdx.x % 32; }
__device__ __forceinline__ int rowOf(int r) { return lane() / 8 * 4 + r; }
__device__ __forceinline__ int columnOf(int c) { return lane() % 8 + 8 * c; }
__device__ __forceinline__ int sumColumnOf(int c) { return c / 4 * 32 + lane() % 8 * 4 + c % 4; }

__device__ __forceinline__ void put4(element* to, float4 v) { *(float4*)to = v; }

// s = a b' for a [16, HEAD] and b [STEP, HEAD]
__device__ __forceinline__ void multiply(Scores& s, const element* a, const element* b) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++) s[r][c] = 0;
  a += rowOf(0) * PITCH;
  b += columnOf(0) * PITCH;
#pragma unroll 1
  for (int k = 0; k < HEAD; k += 4) {
    float4 y[LANE_COLUMNS];
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++) y[c] = *(const float4*)(b + 8 * c * PITCH + k);
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++) {
      float4 x = *(const float4*)(a + r * PITCH + k);
#pragma unroll
      for (int c = 0; c < LANE_COLUMNS; c++) {
        s[r][c] = fmaf(x.x, y[c].x, s[r][c]);
        s[r][c] = fmaf(x.y, y[c].y, s[r][c]);
        s[r][c] = fmaf(x.z, y[c].z, s[r][c]);
        s[r][c] = fmaf(x.w, y[c].w, s[r][c]);
      }
    }
  }
}

// sums += w b for w [16, STEP] and b [STEP, HEAD]
__device__ __forceinline__ void accumulate(Sums& sums, const Scores& w, const element* b,
                                           float* scratch) {
  __syncwarp();  // the weights of the step before were read
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++)
      scratch[rowOf(r) * WEIGHTS_PITCH + columnOf(c)] = w[r][c];
  __syncwarp();
  scratch += rowOf(0) * WEIGHTS_PITCH;
  b += lane() % 8 * 4;
#pragma unroll 1
  for (int k = 0; k < STEP; k += 4) {
    float x[LANE_ROWS][4];
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++) {
      float4 v = *(const float4*)(scratch + r * WEIGHTS_PITCH + k);
      x[r][0] = v.x;
      x[r][1] = v.y;
      x[r][2] = v.z;
      x[r][3] = v.w;
    }
#pragma unroll
    for (int i = 0; i < 4; i++)
#pragma unroll
      for (int c = 0; c < LANE_SUMS; c += 4) {
        float4 y = *(const float4*)(b + (k + i) * PITCH + c * 8);
#pragma unroll
        for (int r = 0; r < LANE_ROWS; r++) {
          sums[r][c] = fmaf(x[r][i], y.x, sums[r][c]);
          sums[r][c + 1] = fmaf(x[r][i], y.y, sums[r][c + 1]);
          sums[r][c + 2] = fmaf(x[r][i], y.z, sums[r][c + 2]);
          sums[r][c + 3] = fmaf(x[r][i], y.w, sums[r][c + 3]);
        }
      }
  }
}
