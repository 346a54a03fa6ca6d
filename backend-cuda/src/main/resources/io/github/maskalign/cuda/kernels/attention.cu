// Multi-head attention (Vaswani et al., 2017): softmax(scale Q K') V for each head, with Q, K and V
// in qkv [images, tokens, 3, heads, size]. A block has one head of one image, and a warp 16 of its
// queries, which keys and values pass by in steps; the probabilities are never in memory. Their
// softmax is taken on the way, by the largest score so far (Milakov and Gimelshein, 2018), in
// powers of 2: factor is scale log2(e).
#include "attention.cuh"

// y [images, tokens, heads, size]
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attention(const float* qkv, float* y, int tokens, int heads, int size, int chunk,
              float factor) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, tokens);
  element* queries = (element*)(scratch + blockDim.x / 32 * SCRATCH_FLOATS);
  element* passingRows = queries + head.blockRows * PITCH;
  Passing passing{passingRows, passingRows + chunk * PITCH, chunk};
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
  write(sums, inverse, y + head.ofOutput(heads), width, first, head);
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
  auto scores = [&](Scores& s, const element* k, int key) {
    multiply(s, queries, k);
    scaleAndMask(s, factor, key, tokens);
  };
  sweep(passing, keys, nothing, head, active, false,
        [&](const element* k, const element*, int key) {
          Scores s;
          float rescale[LANE_ROWS];
          scores(s, k, key);
          softmax.weigh(s, rescale);
        });
  float shift[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) shift[r] = softmax.shift(r);
  p += head.index * (to - from) * tokens;
  sweep(passing, keys, nothing, head, active, true,
        [&](const element* k, const element*, int key) {
          Scores s;
          scores(s, k, key);
#pragma unroll
          for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
            for (int c = 0; c < LANE_COLUMNS; c++) {
              long long row = first + rowOf(r);
              int column = key + columnOf(c);
              if (row < to - from && column < tokens)
                p[row * tokens + column] = exp2f(s[r][c] - shift[r]);
            }
        });
}
