// Multi-head attention (Vaswani et al., 2017): softmax(scale Q K') V for each head, with Q, K and V
// in qkv [images, tokens, 3, heads, size]. A block computes one head of one image, a warp 16 of its
// queries, in steps over keys and values, so that probabilities are never stored in memory. Their
// softmax is computed online (Milakov and Gimelshein, 2018), in powers of 2: factor is scale
// log2(e). maskKeys [images, tokens] is 0 for keys that no query attends to, or null.
#include "attention.cuh"

// y [images, count, heads, size] of queries q [images, count, heads, size], or, if q is null, of
// those of qkv
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attention(const float* q, const float* qkv, float* y, int count, int tokens, int heads,
              int size, int chunk, float factor, const unsigned char* maskKeys, int causal) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, count);
  element* queries = (element*)(scratch + blockDim.x / WARP_SIZE * SCRATCH_FLOATS);
  element* tileRows = queries + head.blockRows * PITCH;
  SharedTiles tiles{tileRows, tileRows + chunk * PITCH, chunk};
  long long stride = 3LL * heads * size;
  int first = head.firstRow + head.warpRow;
  Mask mask(maskKeys, causal, head, first);
  long long width = (long long)heads * size;
  long long ownRows = (head.image * count * heads + head.head) * size;
  Rows own{q ? q + ownRows : qkv + head.at(0, heads), q ? width : stride};
  stage(queries, own, head.firstRow, head.blockRows, count, size);
  queries += head.warpRow * PITCH;

  OnlineSoftmax softmax;
  Accumulators acc;
  zero(acc);
  forEachTile(tiles, {qkv + head.at(1, heads), stride}, {qkv + head.at(2, heads), stride}, head,
              first < count, false, [&](const element* keys, const element* values, int key) {
                unsigned visible = mask.visible(key);
                if (MASK && !visible) return;
                Scores s;
                float rescale[LANE_ROWS];
                multiplyTransposed(s, queries, keys);
                scaleAndMask(s, factor, key, mask, visible);
                softmax.update(s, rescale);
#pragma unroll
                for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
                  for (int c = 0; c < LANE_ACCUMULATORS; c++) acc[r][c] *= rescale[r];
                accumulate(acc, s, values, warpScratch(scratch));
              });
  if (first >= count) return;
  float inverse[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) inverse[r] = softmax.inverseSum(r);
  write(acc, inverse, y + ownRows, width, first, count, head);
}

// p [images, heads, to - from, tokens] for queries from <= q < to
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attentionProbabilities(const float* qkv, float* p, int tokens, int heads, int size, int chunk,
                           float factor, const unsigned char* maskKeys, int causal, int from,
                           int to) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, to - from);
  element* queries = (element*)(scratch + blockDim.x / WARP_SIZE * SCRATCH_FLOATS);
  SharedTiles tiles{queries + head.blockRows * PITCH, nullptr, chunk};
  long long stride = 3LL * heads * size;
  Rows keys{qkv + head.at(1, heads), stride}, none{nullptr, 0};
  int first = head.firstRow + head.warpRow;
  Mask mask(maskKeys, causal, head, from + first);
  stage(queries, {qkv + head.at(0, heads), stride}, from + head.firstRow, head.blockRows, tokens,
        size);
  queries += head.warpRow * PITCH;

  OnlineSoftmax softmax;
  bool active = from + first < to;
  forEachTile(tiles, keys, none, head, active, false,
              [&](const element* k, const element*, int key) {
                unsigned visible = mask.visible(key);
                if (MASK && !visible) return;
                Scores s;
                float rescale[LANE_ROWS];
                multiplyTransposed(s, queries, k);
                scaleAndMask(s, factor, key, mask, visible);
                softmax.update(s, rescale);
              });
  float logSumExp[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) logSumExp[r] = softmax.logSumExp(r);
  p += head.index * (to - from) * tokens;
  forEachTile(tiles, keys, none, head, active, true,
              [&](const element* k, const element*, int key) {
                Scores s;
                multiplyTransposed(s, queries, k);
                scaleAndMask(s, factor, key, mask, mask.visible(key));
#pragma unroll
                for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
                  for (int c = 0; c < LANE_COLUMNS; c++) {
                    long long row = first + rowOf(r);
                    int column = key + columnOf(c);
                    if (row < to - from && column < tokens)
                      p[row * tokens + column] = exp2f(s[r][c] - logSumExp[r]);
                  }
              });
}
