// Tiles of attention on tensor cores, with BF16 in shared memory and F32 accumulators. Lane l holds
// the fragments of mma.sync.m16n8k16: of 16 rows, l / 4 and l / 4 + 8; of each 8 columns, 2 (l % 4)
// and the next. The layout of scores is that of the left operand of the next product.
#pragma once
#include "device.cuh"

typedef bf16 element;

// Elements from one row of shared memory to the next, padded against bank conflicts.
#define PITCH (HEAD + 8)
#define LANE_ROWS 2
#define LANE_COLUMNS (STEP / 4)
#define LANE_ACCUMULATORS (HEAD / 4)
// Lanes that share a row.
#define ROW_LANES 4
#define SCRATCH_FLOATS 0
#define THREADS 256
#define RESIDENT_BLOCKS (HEAD <= 64 ? 2 : 1)

typedef float Scores[LANE_ROWS][LANE_COLUMNS];
typedef float Accumulators[LANE_ROWS][LANE_ACCUMULATORS];

__device__ __forceinline__ int laneId() { return threadIdx.x % 32; }
__device__ __forceinline__ int rowOf(int r) { return laneId() / 4 + 8 * r; }
__device__ __forceinline__ int columnOf(int c) { return c / 2 * 8 + laneId() % 4 * 2 + c % 2; }
__device__ __forceinline__ int accumulatorColumnOf(int c) { return columnOf(c); }

// Packs two numbers rounded to BF16, the first in the lower half.
__device__ __forceinline__ unsigned packBf16(float low, float high) {
#ifdef CUDA_EMU
  return unsigned(toBf16(high)) << 16 | toBf16(low);
#else
  unsigned both;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
  return both;
#endif
}

__device__ __forceinline__ void store4(element* to, float4 v) {
  *(uint2*)to = make_uint2(packBf16(v.x, v.y), packBf16(v.z, v.w));
}

// Loads the fragments of four 8 x 8 matrices; each group of eight lanes passes the rows of one.
__device__ __forceinline__ void loadFragments(unsigned (&fragments)[4], const bf16* row) {
#ifdef CUDA_EMU
  emu_ldmatrix_x4(fragments, row, false);
#else
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(fragments[0]), "=r"(fragments[1]), "=r"(fragments[2]), "=r"(fragments[3])
               : "r"(unsigned(__cvta_generic_to_shared(row))));
#endif
}

// The same for the transposed matrices.
__device__ __forceinline__ void loadTransposedFragments(unsigned (&fragments)[4], const bf16* row) {
#ifdef CUDA_EMU
  emu_ldmatrix_x4(fragments, row, true);
#else
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(fragments[0]), "=r"(fragments[1]), "=r"(fragments[2]), "=r"(fragments[3])
               : "r"(unsigned(__cvta_generic_to_shared(row))));
#endif
}

// Columns 8 tile to 8 tile + 7 of c += a b.
template <int N>
__device__ __forceinline__ void multiplyTile(float (&c)[LANE_ROWS][N], int tile,
                                             const unsigned (&a)[4], unsigned b0, unsigned b1) {
  float sums[4] = {c[0][2 * tile], c[0][2 * tile + 1], c[1][2 * tile], c[1][2 * tile + 1]};
  unsigned b[2] = {b0, b1};
  mmaBf16(sums, a, b);
  c[0][2 * tile] = sums[0];
  c[0][2 * tile + 1] = sums[1];
  c[1][2 * tile] = sums[2];
  c[1][2 * tile + 1] = sums[3];
}

// s = a b' for a [16, HEAD] and b [STEP, HEAD]
__device__ __forceinline__ void multiplyTransposed(Scores& s, const element* a, const element* b) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++) s[r][c] = 0;
  a += laneId() % 16 * PITCH + laneId() / 16 * 8;
  b += (laneId() / 16 * 8 + laneId() % 8) * PITCH + laneId() / 8 % 2 * 8;
#pragma unroll
  for (int k = 0; k < HEAD; k += 16) {
    unsigned x[4], y[4];
    loadFragments(x, a + k);
#pragma unroll
    for (int n = 0; n < STEP; n += 16) {
      loadFragments(y, b + n * PITCH + k);
      multiplyTile(s, n / 8, x, y[0], y[1]);
      multiplyTile(s, n / 8 + 1, x, y[2], y[3]);
    }
  }
}

// acc += w b for w [16, STEP] and b [STEP, HEAD]
__device__ __forceinline__ void accumulate(Accumulators& acc, const Scores& w, const element* b,
                                           float*) {
  b += laneId() % 16 * PITCH + laneId() / 16 * 8;
#pragma unroll
  for (int k = 0; k < STEP; k += 16) {
    int c = k / 4;
    unsigned x[4] = {packBf16(w[0][c], w[0][c + 1]), packBf16(w[1][c], w[1][c + 1]),
                     packBf16(w[0][c + 2], w[0][c + 3]), packBf16(w[1][c + 2], w[1][c + 3])};
#pragma unroll
    for (int n = 0; n < HEAD; n += 16) {
      unsigned y[4];
      loadTransposedFragments(y, b + k * PITCH + n);
      multiplyTile(acc, n / 8, x, y[0], y[1]);
      multiplyTile(acc, n / 8 + 1, x, y[2], y[3]);
    }
  }
}
