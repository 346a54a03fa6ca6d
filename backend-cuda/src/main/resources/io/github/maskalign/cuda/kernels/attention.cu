// Multi-head attention (Vaswani et al., 2017): softmax(scale Q K') V for each head, with Q, K and V
// in qkv [images, tokens, 3, heads, size]. A block has one head of one image, and a warp 16 of its
// queries (or keys), against which the tokens pass by steps; the probabilities are never in memory.
// Their softmax is taken on the way, by the largest score so far (Milakov and Gimelshein, 2018), in
// powers of 2: factor is scale log2(e).
//
// HEAD is the size rounded up to 32; rows are filled up with zeros. With TENSOR_CORES, Q, K, V and
// the probabilities are rounded to BF16 as operands.
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
__device__ __forceinline__ void write(const Sums& sums, const float (&factors)[LANE_ROWS], float* to,
                                      long long stride, int first, const Head& head) {
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

// y [images, tokens, heads, size]
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attention(const float* qkv, float* y, int tokens, int heads, int size, int chunk,
              float factor) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, tokens);
  element* queries = (element*)(scratch + blockDim.x / 32 * SCRATCH_FLOATS);
  Passing passing{queries + head.blockRows * PITCH,
                  queries + (head.blockRows + chunk) * PITCH, chunk};
  long long stride = 3LL * heads * size;
  int first = head.firstRow + head.warpRow;
  stage(queries, {qkv + head.at(0, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  queries += head.warpRow * PITCH;

  Softmax softmax;
  Sums sums;
  clear(sums);
  sweep(passing, {qkv + head.at(1, heads), stride}, {qkv + head.at(2, heads), stride}, head,
        first < tokens, false, [&](const element* keys, const element* values, int key) {
          Scores s;
          float rescale[LANE_ROWS];
          multiply(s, queries, keys);
          scaleAndMask(s, factor, key, tokens);
          softmax.weigh(s, rescale);
#pragma unroll
          for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
            for (int c = 0; c < LANE_SUMS; c++) sums[r][c] *= rescale[r];
          accumulate(sums, s, values, scratchOf(scratch));
        });
  if (first >= tokens) return;
  float inverse[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) inverse[r] = 1 / rowSum(softmax.sum[r]);
  long long width = (long long)heads * size;
  write(sums, inverse, y + (head.image * tokens * heads + head.within) * size, width, first, head);
}

// p [images, heads, to - from, tokens] for queries from <= q < to
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attentionProbabilities(const float* qkv, float* p, int tokens, int heads, int size, int chunk,
                           float factor, int from, int to) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, to - from);
  element* queries = (element*)(scratch + blockDim.x / 32 * SCRATCH_FLOATS);
  Passing passing{queries + head.blockRows * PITCH, nullptr, chunk};
  long long stride = 3LL * heads * size;
  Matrix keys{qkv + head.at(1, heads), stride}, nothing{nullptr, 0};
  int first = head.firstRow + head.warpRow;
  stage(queries, {qkv + head.at(0, heads), stride}, from + head.firstRow, head.blockRows, tokens,
        size);
  queries += head.warpRow * PITCH;

  Softmax softmax;
  bool active = from + first < to;
  sweep(passing, keys, nothing, head, active, false, [&](const element* k, const element*, int key) {
    Scores s;
    float rescale[LANE_ROWS];
    multiply(s, queries, k);
    scaleAndMask(s, factor, key, tokens);
    softmax.weigh(s, rescale);
  });
  float shift[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) shift[r] = softmax.shift(r);
  p += head.index * (to - from) * tokens;
  sweep(passing, keys, nothing, head, active, true, [&](const element* k, const element*, int key) {
    Scores s;
    multiply(s, queries, k);
    scaleAndMask(s, factor, key, tokens);
#pragma unroll
    for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
      for (int c = 0; c < LANE_COLUMNS; c++) {
        long long row = first + rowOf(r);
        int column = key + columnOf(c);
        if (row < to - from && column < tokens) p[row * tokens + column] = exp2f(s[r][c] - shift[r]);
      }
  });
}

// The gradient for the queries, dq = scale dS K with dS = P (dP - delta), dP = g V' and delta = sum
// P dP over keys. Leaves stats [images, heads, 2, tokens] for the gradient of keys and values: what
// makes probabilities of scores, and delta.
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attentionGradQueries(const float* qkv, const float* g, float* dqkv, float* stats, int tokens,
                         int heads, int size, int chunk, float factor, float scale) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, tokens);
  element* queries = (element*)(scratch + blockDim.x / 32 * SCRATCH_FLOATS);
  element* slopes = queries + head.blockRows * PITCH;
  Passing passing{slopes + head.blockRows * PITCH, slopes + (head.blockRows + chunk) * PITCH, chunk};
  long long stride = 3LL * heads * size, width = (long long)heads * size;
  Matrix keys{qkv + head.at(1, heads), stride}, values{qkv + head.at(2, heads), stride};
  int first = head.firstRow + head.warpRow;
  stage(queries, {qkv + head.at(0, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  stage(slopes, {g + (head.image * tokens * heads + head.within) * size, width}, head.firstRow,
        head.blockRows, tokens, size);
  queries += head.warpRow * PITCH;
  slopes += head.warpRow * PITCH;

  Softmax softmax;
  float delta[LANE_ROWS] = {}, shift[LANE_ROWS];
  sweep(passing, keys, values, head, first < tokens, false,
        [&](const element* k, const element* v, int key) {
          Scores s, dp;
          float rescale[LANE_ROWS];
          multiply(s, queries, k);
          multiply(dp, slopes, v);
          scaleAndMask(s, factor, key, tokens);
          softmax.weigh(s, rescale);
#pragma unroll
          for (int r = 0; r < LANE_ROWS; r++) {
            delta[r] *= rescale[r];
#pragma unroll
            for (int c = 0; c < LANE_COLUMNS; c++) delta[r] = fmaf(s[r][c], dp[r][c], delta[r]);
          }
        });
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    delta[r] = rowSum(delta[r]) / rowSum(softmax.sum[r]);
    shift[r] = softmax.shift(r);
  }
  stats += head.index * 2 * tokens;
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
    if (lane() % ROW_LANES == 0 && first + rowOf(r) < tokens) {
      stats[first + rowOf(r)] = shift[r];
      stats[tokens + first + rowOf(r)] = delta[r];
    }

  Sums sums;
  clear(sums);
  sweep(passing, keys, values, head, first < tokens, true,
        [&](const element* k, const element* v, int key) {
          Scores s, dp;
          multiply(s, queries, k);
          multiply(dp, slopes, v);
          scaleAndMask(s, factor, key, tokens);
#pragma unroll
          for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
            for (int c = 0; c < LANE_COLUMNS; c++)
              s[r][c] = exp2f(s[r][c] - shift[r]) * (dp[r][c] - delta[r]);
          accumulate(sums, s, k, scratchOf(scratch));
        });
  float scales[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) scales[r] = scale;
  if (first < tokens) write(sums, scales, dqkv + head.at(0, heads), stride, first, head);
}

// The gradients for keys and values, dk = scale dS' Q and dv = P' g, where queries pass by.
extern "C" __global__ void __launch_bounds__(128)
    attentionGradKeys(const float* qkv, const float* g, float* dqkv, const float* stats, int tokens,
                      int heads, int size, int chunk, float factor, float scale) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, tokens);
  element* keys = (element*)(scratch + blockDim.x / 32 * SCRATCH_FLOATS);
  element* values = keys + head.blockRows * PITCH;
  Passing passing{values + head.blockRows * PITCH, values + (head.blockRows + chunk) * PITCH, chunk};
  long long stride = 3LL * heads * size, width = (long long)heads * size;
  int first = head.firstRow + head.warpRow;
  stage(keys, {qkv + head.at(1, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  stage(values, {qkv + head.at(2, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  keys += head.warpRow * PITCH;
  values += head.warpRow * PITCH;
  stats += head.index * 2 * tokens;

  Sums dk, dv;
  clear(dk);
  clear(dv);
  sweep(passing, {qkv + head.at(0, heads), stride},
        {g + (head.image * tokens * heads + head.within) * size, width}, head, first < tokens, false,
        [&](const element* q, const element* slopes, int query) {
          Scores p, ds;
          multiply(p, keys, q);
#pragma unroll
          for (int c = 0; c < LANE_COLUMNS; c++) {
            int token = query + columnOf(c);
            float shift = token < tokens ? stats[token] : 0;
#pragma unroll
            for (int r = 0; r < LANE_ROWS; r++)
              p[r][c] = token < tokens ? exp2f(p[r][c] * factor - shift) : 0;
          }
          accumulate(dv, p, slopes, scratchOf(scratch));
          multiply(ds, values, slopes);
#pragma unroll
          for (int c = 0; c < LANE_COLUMNS; c++) {
            int token = query + columnOf(c);
            float delta = token < tokens ? stats[tokens + token] : 0;
#pragma unroll
            for (int r = 0; r < LANE_ROWS; r++) ds[r][c] = p[r][c] * (ds[r][c] - delta);
          }
          accumulate(dk, ds, q, scratchOf(scratch));
        });
  if (first >= tokens) return;
  float ones[LANE_ROWS], scales[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    ones[r] = 1;
    scales[r] = scale;
  }
  write(dk, scales, dqkv + head.at(1, heads), stride, first, head);
  write(dv, ones, dqkv + head.at(2, heads), stride, first, head);
}
