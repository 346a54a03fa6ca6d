// Tiles of attention on multiply-adds, with F32 in shared memory. Of the 16 rows of a warp, lane l
// has rows 4 (l / 8) to 4 (l / 8) + 3; of a step, columns l % 8, l % 8 + 8, ...
#pragma once
#include "device.cuh"

typedef float element;

// Elements from one row of shared memory to the next, padded against bank conflicts.
#define PITCH (HEAD + 4)
#define LANE_ROWS 4
#define LANE_COLUMNS (STEP / 8)
#define LANE_ACCUMULATORS (HEAD / 8)
#define WEIGHTS_PITCH (STEP + 4)
// Lanes that share a row.
#define ROW_LANES 8
// Scratch of each warp, to exchange weights between lanes.
#define SCRATCH_FLOATS (ROWS * WEIGHTS_PITCH)
#define THREADS 128
#define RESIDENT_BLOCKS 1

typedef float Scores[LANE_ROWS][LANE_COLUMNS];
typedef float Accumulators[LANE_ROWS][LANE_ACCUMULATORS];

__device__ __forceinline__ int laneId() { return threadIdx.x % 32; }
__device__ __forceinline__ int rowOf(int r) { return laneId() / 8 * 4 + r; }
__device__ __forceinline__ int columnOf(int c) { return laneId() % 8 + 8 * c; }
__device__ __forceinline__ int accumulatorColumnOf(int c) {
  return c / 4 * 32 + laneId() % 8 * 4 + c % 4;
}

__device__ __forceinline__ void store4(element* to, float4 v) { *(float4*)to = v; }

// s = a b' for a [16, HEAD] and b [STEP, HEAD]
__device__ __forceinline__ void multiplyTransposed(Scores& s, const element* a, const element* b) {
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

// acc += w b for w [16, STEP] and b [STEP, HEAD]
__device__ __forceinline__ void accumulate(Accumulators& acc, const Scores& w, const element* b,
                                           float* scratch) {
  __syncwarp();  // the weights of the previous step are read
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++)
      scratch[rowOf(r) * WEIGHTS_PITCH + columnOf(c)] = w[r][c];
  __syncwarp();
  scratch += rowOf(0) * WEIGHTS_PITCH;
  b += laneId() % 8 * 4;
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
      for (int c = 0; c < LANE_ACCUMULATORS; c += 4) {
        float4 y = *(const float4*)(b + (k + i) * PITCH + c * 8);
#pragma unroll
        for (int r = 0; r < LANE_ROWS; r++) {
          acc[r][c] = fmaf(x[r][i], y.x, acc[r][c]);
          acc[r][c + 1] = fmaf(x[r][i], y.y, acc[r][c + 1]);
          acc[r][c + 2] = fmaf(x[r][i], y.z, acc[r][c + 2]);
          acc[r][c + 3] = fmaf(x[r][i], y.w, acc[r][c + 3]);
        }
      }
  }
}
