// The gradient of attention.cu for g [images, tokens, heads, size], from queries, keys and values
// alone: scores and probabilities are computed again. Queries first, then keys and values, each
// block with rows of its own, so that nothing is added up by several.
#include "attention.cuh"

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
  element* passingRows = slopes + head.blockRows * PITCH;
  Passing passing{passingRows, passingRows + chunk * PITCH, chunk};
  long long stride = 3LL * heads * size, width = (long long)heads * size;
  Matrix keys{qkv + head.at(1, heads), stride}, values{qkv + head.at(2, heads), stride};
  int first = head.firstRow + head.warpRow;
  stage(queries, {qkv + head.at(0, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  stage(slopes, {g + head.ofOutput(heads), width}, head.firstRow, head.blockRows, tokens, size);
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
  element* passingRows = values + head.blockRows * PITCH;
  Passing passing{passingRows, passingRows + chunk * PITCH, chunk};
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
  Matrix outputSlopes{g + head.ofOutput(heads), width};
  sweep(passing, {qkv + head.at(0, heads), stride}, outputSlopes, head, first < tokens, false,
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
