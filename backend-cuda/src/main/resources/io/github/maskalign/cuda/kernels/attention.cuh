// Shared by attention and its gradient. HEAD is the size of a head rounded up to a multiple of 32;
// rows are padded with zeros. MATH is FMA for F32 multiply-adds, or MMA for operands rounded to
// BF16 on tensor cores. MASK is 1 if keys may be hidden from queries, else 0.
#pragma once
#define ROWS 16
#define STEP 32

#define FMA 1
#define MMA 2
#if MATH == FMA
#include "attention_fma.cuh"
#elif MATH == MMA
#include "attention_mma.cuh"
#else
#error "attention.cuh: MATH is neither FMA nor MMA"
#endif

#if MASK != 0 && MASK != 1
#error "attention.cuh: MASK is neither 0 nor 1"
#endif

static_assert(HEAD > 0 && HEAD <= 128 && HEAD % 32 == 0, "HEAD is 32, 64, 96 or 128");

#define MINUS_INFINITY (-__int_as_float(0x7f800000))

// The rows of one head, one per token.
struct Rows {
  const float* first;
  long long stride;
};

struct Head {
  int tokens, size;
  long long index;  // among the heads of all images
  long long image, head;
  int firstRow;  // of the block
  int blockRows, warpRow;

  __device__ __forceinline__ Head(int tokens, int heads, int size, int count)
      : tokens(tokens), size(size), blockRows(blockDim.x / WARP_SIZE * ROWS),
        warpRow(threadIdx.x / WARP_SIZE * ROWS) {
    int tiles = (count + blockRows - 1) / blockRows;
    index = blockIdx.x / tiles;
    firstRow = blockIdx.x % tiles * blockRows;
    image = index / heads;
    head = index % heads;
  }

  // The offset of part 0, 1 or 2 of qkv: queries, keys or values.
  __device__ __forceinline__ long long at(int part, int heads) const {
    return ((image * tokens * 3 + part) * heads + head) * size;
  }

  // The offset in a result [images, tokens, heads, size].
  __device__ __forceinline__ long long ofOutput(int heads) const {
    return (image * tokens * heads + head) * size;
  }
};

// The keys that queries attend to; without MASK, all. A warp finds those of a step together, as a
// word in which bit i is the i-th key.
struct Mask {
  const unsigned char* keys;  // of one image, 0 for those that no query attends to; or null
  int tokens;
  int lastKey;  // of the warp's first row, counted beyond all tokens if the mask is not causal

  __device__ __forceinline__ Mask(const unsigned char* allKeys, int causal, const Head& head,
                                  int firstRow)
      : keys(allKeys ? allKeys + head.image * head.tokens : nullptr), tokens(head.tokens),
        lastKey(causal ? firstRow : head.tokens + STEP) {}

  // The keys from `first` on that any query attends to.
  __device__ __forceinline__ unsigned attended(int first) const {
    int key = first + laneId();
    return __ballot_sync(FULL_MASK, key < tokens && (!keys || keys[key]));
  }

  // The keys from `first` on that rows of the warp attend to.
  __device__ __forceinline__ unsigned visible(int first) const {
    if (!MASK) return FULL_MASK;
    return first < lastKey + ROWS ? attended(first) : 0;
  }

  // Those of them that one row attends to.
  __device__ __forceinline__ unsigned visibleTo(int row, int first, unsigned visible) const {
    int last = lastKey + row - first;
    if (last < 0) return 0;
    return last < STEP - 1 ? visible & FULL_MASK >> (STEP - 1 - last) : visible;
  }
};

// Copies the rows of a head from row `from` on into shared memory, zeros beyond the last token.
__device__ __forceinline__ void stage(element* to, Rows x, int from, int rows, int tokens,
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
    store4(to + row * PITCH + column, v);
  }
}

__device__ __forceinline__ float rowMax(float v) {
#pragma unroll
  for (int mask = ROW_LANES / 2; mask; mask >>= 1)
    v = fmaxf(v, __shfl_xor_sync(FULL_MASK, v, mask));
  return v;
}

__device__ __forceinline__ float rowSum(float v) {
#pragma unroll
  for (int mask = ROW_LANES / 2; mask; mask >>= 1) v += __shfl_xor_sync(FULL_MASK, v, mask);
  return v;
}

// Two matrices of `chunk` rows in shared memory.
struct SharedTiles {
  element *a, *b;
  int chunk;
};

// Loads all tokens of one or two matrices in chunks, and calls body(rows of a, rows of b, first
// token) in active warps for each STEP of them. A second pass keeps the tokens of a single chunk.
template <class Body>
__device__ __forceinline__ void forEachTile(const SharedTiles& tiles, Rows a, Rows b,
                                            const Head& head, bool active, bool secondPass,
                                            Body body) {
  for (int start = 0; start < head.tokens; start += tiles.chunk) {
    int left = head.tokens - start, rows = (left + STEP - 1) / STEP * STEP;
    if (rows > tiles.chunk) rows = tiles.chunk;
    if (!secondPass || head.tokens > tiles.chunk) {
      __syncthreads();
      stage(tiles.a, a, start, rows, head.tokens, head.size);
      if (b.first) stage(tiles.b, b, start, rows, head.tokens, head.size);
      __syncthreads();
    }
    if (active)
      for (int step = 0; step < rows; step += STEP)
        body(tiles.a + step * PITCH, tiles.b + step * PITCH, start + step);
  }
}

// Multiplies scores by factor; hidden keys and keys beyond the last token get minus infinity.
__device__ __forceinline__ void scaleAndMask(Scores& s, float factor, int key, const Mask& mask,
                                             unsigned visible) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    unsigned own = MASK ? mask.visibleTo(rowOf(r), key, visible) >> columnOf(0) : 0;
#pragma unroll
    for (int c = 0; c < LANE_COLUMNS; c++) {
      bool attends =
          MASK ? own >> (columnOf(c) - columnOf(0)) & 1 : key + columnOf(c) < mask.tokens;
      s[r][c] = attends ? s[r][c] * factor : MINUS_INFINITY;
    }
  }
}

// The online softmax of a lane's rows. The sum covers only the columns of this lane.
struct OnlineSoftmax {
  float max[LANE_ROWS], sum[LANE_ROWS];

  __device__ __forceinline__ OnlineSoftmax() {
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++) {
      max[r] = MINUS_INFINITY;
      sum[r] = 0;
    }
  }

  // Turns scores into weights 2^(score - max), and sets the factors that rescale earlier weights.
  __device__ __forceinline__ void update(Scores& s, float (&rescale)[LANE_ROWS]) {
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++) {
      float m = max[r];
#pragma unroll
      for (int c = 0; c < LANE_COLUMNS; c++) m = fmaxf(m, s[r][c]);
      m = rowMax(m);
      float base = m == MINUS_INFINITY ? 0 : m;
      rescale[r] = exp2f(max[r] - base);
      max[r] = m;
      sum[r] *= rescale[r];
#pragma unroll
      for (int c = 0; c < LANE_COLUMNS; c++) {
        s[r][c] = exp2f(s[r][c] - base);
        sum[r] += s[r][c];
      }
    }
  }

  // The factor of the weights; 0 for a query that attends to nothing.
  __device__ __forceinline__ float inverseSum(int r) const {
    float total = rowSum(sum[r]);
    return MASK && total == 0 ? 0 : 1 / total;
  }

  // The weighted mean of a row, given the weighted sum of this lane's columns; 0 for a query that
  // attends to nothing.
  __device__ __forceinline__ float mean(float weighted, int r) const {
    float numerator = rowSum(weighted), total = rowSum(sum[r]);
    return MASK && total == 0 ? 0 : numerator / total;
  }

  // Base 2: the probability of a score is 2^(score - logSumExp).
  __device__ __forceinline__ float logSumExp(int r) const {
    float total = rowSum(sum[r]);
    return MASK && total == 0 ? -MINUS_INFINITY : max[r] + log2f(total);
  }
};

// Writes the accumulators, each row times its factor, to the rows of a head from row `first` on.
__device__ __forceinline__ void write(const Accumulators& acc, const float (&factors)[LANE_ROWS],
                                      float* to, long long stride, int first, int rows,
                                      const Head& head) {
  bool wide = head.size % 2 == 0 && (unsigned long long)to % 8 == 0;
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    int row = first + rowOf(r);
    if (row >= rows) continue;
#pragma unroll
    for (int c = 0; c < LANE_ACCUMULATORS; c += 2) {
      int column = accumulatorColumnOf(c);
      float* target = to + row * stride + column;
      float2 v = make_float2(acc[r][c] * factors[r], acc[r][c + 1] * factors[r]);
      if (wide) {
        if (column < head.size) *(float2*)target = v;
      } else {
        if (column < head.size) target[0] = v.x;
        if (column + 1 < head.size) target[1] = v.y;
      }
    }
  }
}

__device__ __forceinline__ void zero(Accumulators& acc) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_ACCUMULATORS; c++) acc[r][c] = 0;
}

// Sets all rows but those of a word to 0.
__device__ __forceinline__ void zeroOthers(Accumulators& acc, unsigned rows) {
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
    for (int c = 0; c < LANE_ACCUMULATORS; c++)
      if (!(rows >> rowOf(r) & 1)) acc[r][c] = 0;
}

__device__ __forceinline__ float* warpScratch(float* scratch) {
  return scratch + threadIdx.x / WARP_SIZE * SCRATCH_FLOATS;
}
