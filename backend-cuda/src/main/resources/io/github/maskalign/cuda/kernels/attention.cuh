// What attention and its gradient share. HEAD is the size of a head rounded up to 32; rows are
// filled up with zeros. With TENSOR_CORES, operands are rounded to BF16.
#pragma once
#define ROWS 16
#define STEP 32
#ifdef TENSOR_CORES
#include "attention_mma.cuh"
#else
#include "attention_fma.cuh"
#endif

#define MINUS_INFINITY (-__int_as_float(0x7f800000))

// Rows of one head: consecutive tokens.
struct Matrix {
  const float* first;
  long long stride;
};

struct Head {
  int tokens, size;
  long long index;   // among those of all images
  long long image, within;
  int firstRow;      // of the block's rows
  int blockRows, warpRow;

  __device__ __forceinline__ Head(int tokens, int heads, int size, int count)
      : tokens(tokens), size(size), blockRows(blockDim.x / 32 * ROWS),
        warpRow(threadIdx.x / 32 * ROWS) {
    int tiles = (count + blockRows - 1) / blockRows;
    index = blockIdx.x / tiles;
    firstRow = blockIdx.x % tiles * blockRows;
    image = index / heads;
    within = index % heads;
  }

  // Part 0, 1, 2 of qkv: queries, keys, values.
  __device__ __forceinline__ long long at(int part, int heads) const {
    return ((image * tokens * 3 + part) * heads + within) * size;
  }

  // The same of a result [images, tokens, heads, size].
  __device__ __forceinline__ long long ofOutput(int heads) const {
    return (image * tokens * heads + within) * size;
  }
};

// Copies rows `from` and on of a head into shared memory, zeros where there is none.
__device__ __forceinline__ void stage(element* to, Matrix x, int from, int rows, int tokens,
                                      int size) {
  bool wide = size % 4 == 0 && (unsigned long long)x.first % 16 == 0;
#pragma unroll 4
  for (int i = threadIdx.x; i < rows * (HEAD / 4); i += blockDim.x) {
    int row = i / (HEAD / 4), column = i % (HEAD / 4) * 4;
    const float* source = x.first + (from + row) * x.stride + column;
    float4 v = make_float4(0, 0, 0, 0);
    if (from + row < tokens) {
      if (wide) {
        if (column < size) v = *(const float4*)source;
      } else {
        if (column < size) v.x = source[0];
        if (column + 1 < size) v.y = source[1];
        if (column + 2 < size) v.z = source[2];
        if (column + 3 < size) v.w = source[3];
      }
    }
    put4(to + row * PITCH + column, v);
  }
}

__device__ __forceinline__ float rowMost(float v) {
#pragma unroll
  for (int bits = ROW_LANES / 2; bits; bits >>= 1)
    v = fmaxf(v, __shfl_xor_sync(0xffffffffu, v, bits));
  return v;
}

__device__ __forceinline__ float rowSum(float v) {
#pragma unroll
  for (int bits = ROW_LANES / 2; bits; bits >>= 1) v += __shfl_xor_sync(0xffffffffu, v, bits);
  return v;
}

// Where tokens pass in shared memory, two matrices of `chunk` rows.
struct Passing {
  element *a, *b;
  int chunk;
};

// Brings all tokens of one or two matrices by and calls body(rows of a, rows of b, first token) for
// each step, in warps that have something to do. What is there already, since it is all, stays.
template <class Body>
__device__ __forceinline__ void sweep(const Passing& at, Matrix a, Matrix b, const Head& head,
                                      bool active, bool again, Body body) {
  for (int start = 0; start < head.tokens; start += at.chunk) {
    int left = head.tokens - start, rows = (left + STEP - 1) / STEP * STEP;
    if (rows > at.chunk) rows = at.chunk;
    if (!again || head.tokens > at.chunk) {
      __syncthreads();
      stage(at.a, a, start, rows, head.tokens, head.size);
      if (b.first) stage(at.b, b, start, rows, head.tokens, head.size);
      __syncthreads();
    }
    if (active)
      for (int step = 0; step < rows; step += STEP)
        body(at.a + step * PITCH, at.b + step * PITCH, start + step);
  }
}

// Scores times factor, minus infinity for keys that are not there.
__device__ __forceinline__ void scaleAndMask(Scores& s, float factor, int first, int tokens) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++)
      s[r][c] = first + columnOf(c) < tokens ? s[r][c] * factor : MINUS_INFINITY;
}

// The softmax of a lane's rows so far. The sum is of the lane's own columns only.
struct Softmax {
  float most[LANE_ROWS], sum[LANE_ROWS];

  __device__ __forceinline__ Softmax() {
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++) {
      most[r] = MINUS_INFINITY;
      sum[r] = 0;
    }
  }

  // Turns scores into weights 2^(score - most) and says by how much earlier weights are too large.
  __device__ __forceinline__ void weigh(Scores& s, float (&rescale)[LANE_ROWS]) {
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++) {
      float m = most[r];
#pragma unroll
      for (int c = 0; c < LANE_COLUMNS; c++) m = fmaxf(m, s[r][c]);
      m = rowMost(m);
      float base = m == MINUS_INFINITY ? 0 : m;
      rescale[r] = exp2f(most[r] - base);
      most[r] = m;
      sum[r] *= rescale[r];
#pragma unroll
      for (int c = 0; c < LANE_COLUMNS; c++) {
        s[r][c] = exp2f(s[r][c] - base);
        sum[r] += s[r][c];
      }
    }
  }

  // The probability of a score is 2^(score - shift).
  __device__ __forceinline__ float shift(int r) const { return most[r] + log2f(rowSum(sum[r])); }
};

// Writes rows of sums, each times its factor, to rows `first` and on of a head's matrix.
__device__ __forceinline__ void write(const Sums& sums, const float (&factors)[LANE_ROWS],
                                      float* to, long long stride, int first, const Head& head) {
  bool wide = head.size % 2 == 0 && (unsigned long long)to % 8 == 0;
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    int row = first + rowOf(r);
    if (row >= head.tokens) continue;
#pragma unroll
    for (int c = 0; c < LANE_SUMS; c += 2) {
      int column = sumColumnOf(c);
      float* target = to + row * stride + column;
      float2 v = make_float2(sums[r][c] * factors[r], sums[r][c + 1] * factors[r]);
      if (wide) {
        if (column < head.size) *(float2*)target = v;
      } else {
        if (column < head.size) target[0] = v.x;
        if (column + 1 < head.size) target[1] = v.y;
      }
    }
  }
}

__device__ __forceinline__ void clear(Sums& sums) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_SUMS; c++) sums[r][c] = 0;
}

__device__ __forceinline__ float* scratchOf(float* scratch) {
  return scratch + threadIdx.x / 32 * SCRATCH_FLOATS;
}
