// The gradient of attention.cu for g [images, tokens, heads, size]. Scores and probabilities are
// recomputed from queries, keys and values. The first kernel computes the gradient of the queries,
// the second those of keys and values; blocks write disjoint rows, so that there are no atomics.
#include "attention.cuh"

// The gradient of the queries, dq = scale dS K with dS = P (dP - delta), dP = g V' and delta = sum
// P dP over keys. Also writes stats [images, heads, 2, tokens] for attentionKeyValueGrad: the
// logSumExp of each row of scores, and delta.
extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_BLOCKS)
    attentionQueryGrad(const float* qkv, const float* g, float* dqkv, float* stats, int tokens,
                       int heads, int size, int chunk, float factor, float scale,
                       const unsigned char* maskKeys, int causal) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, tokens);
  element* queries = (element*)(scratch + blockDim.x / WARP_SIZE * SCRATCH_FLOATS);
  element* grads = queries + head.blockRows * PITCH;
  element* tileRows = grads + head.blockRows * PITCH;
  SharedTiles tiles{tileRows, tileRows + chunk * PITCH, chunk};
  long long stride = 3LL * heads * size, width = (long long)heads * size;
  Rows keys{qkv + head.at(1, heads), stride}, values{qkv + head.at(2, heads), stride};
  int first = head.firstRow + head.warpRow;
  Mask mask(maskKeys, causal, head, first);
  stage(queries, {qkv + head.at(0, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  stage(grads, {g + head.ofOutput(heads), width}, head.firstRow, head.blockRows, tokens, size);
  queries += head.warpRow * PITCH;
  grads += head.warpRow * PITCH;

  OnlineSoftmax softmax;
  float delta[LANE_ROWS] = {}, logSumExp[LANE_ROWS];
  forEachTile(tiles, keys, values, head, first < tokens, false,
              [&](const element* k, const element* v, int key) {
                unsigned visible = mask.visible(key);
                if (MASK && !visible) return;
                Scores s, dp;
                float rescale[LANE_ROWS];
                multiplyTransposed(s, queries, k);
                multiplyTransposed(dp, grads, v);
                scaleAndMask(s, factor, key, mask, visible);
                softmax.update(s, rescale);
#pragma unroll
                for (int r = 0; r < LANE_ROWS; r++) {
                  delta[r] *= rescale[r];
#pragma unroll
                  for (int c = 0; c < LANE_COLUMNS; c++)
                    delta[r] = fmaf(s[r][c], dp[r][c], delta[r]);
                }
              });
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    delta[r] = softmax.mean(delta[r], r);
    logSumExp[r] = softmax.logSumExp(r);
  }
  stats += head.index * 2 * tokens;
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++)
    if (laneId() % ROW_LANES == 0 && first + rowOf(r) < tokens) {
      stats[first + rowOf(r)] = logSumExp[r];
      stats[tokens + first + rowOf(r)] = delta[r];
    }

  Accumulators acc;
  zero(acc);
  forEachTile(tiles, keys, values, head, first < tokens, true,
              [&](const element* k, const element* v, int key) {
                unsigned visible = mask.visible(key);
                if (MASK && !visible) return;
                Scores s, dp;
                multiplyTransposed(s, queries, k);
                multiplyTransposed(dp, grads, v);
                scaleAndMask(s, factor, key, mask, visible);
#pragma unroll
                for (int r = 0; r < LANE_ROWS; r++)
#pragma unroll
                  for (int c = 0; c < LANE_COLUMNS; c++)
                    s[r][c] = exp2f(s[r][c] - logSumExp[r]) * (dp[r][c] - delta[r]);
                accumulate(acc, s, k, warpScratch(scratch));
              });
  float scales[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) scales[r] = scale;
  if (first < tokens) write(acc, scales, dqkv + head.at(0, heads), stride, first, tokens, head);
}

// The gradients of keys and values, dk = scale dS' Q and dv = P' g, in steps over queries.
extern "C" __global__ void __launch_bounds__(128)
    attentionKeyValueGrad(const float* qkv, const float* g, float* dqkv, const float* stats,
                          int tokens, int heads, int size, int chunk, float factor, float scale,
                          const unsigned char* maskKeys, int causal) {
  DYNAMIC_SHARED(float, scratch);
  Head head(tokens, heads, size, tokens);
  element* keys = (element*)(scratch + blockDim.x / WARP_SIZE * SCRATCH_FLOATS);
  element* values = keys + head.blockRows * PITCH;
  element* tileRows = values + head.blockRows * PITCH;
  SharedTiles tiles{tileRows, tileRows + chunk * PITCH, chunk};
  long long stride = 3LL * heads * size, width = (long long)heads * size;
  int first = head.firstRow + head.warpRow;
  Mask mask(maskKeys, causal, head, first);
  stage(keys, {qkv + head.at(1, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  stage(values, {qkv + head.at(2, heads), stride}, head.firstRow, head.blockRows, tokens, size);
  keys += head.warpRow * PITCH;
  values += head.warpRow * PITCH;
  stats += head.index * 2 * tokens;

  Accumulators dk, dv;
  zero(dk);
  zero(dv);
  Rows outputGrads{g + head.ofOutput(heads), width};
  forEachTile(tiles, {qkv + head.at(0, heads), stride}, outputGrads, head,
              first < tokens && (!MASK || mask.attended(first)), false,
              [&](const element* q, const element* grads, int query) {
                if (MASK && causal && query + STEP <= first) return;
                Scores p, ds;
                multiplyTransposed(p, keys, q);
#pragma unroll
                for (int c = 0; c < LANE_COLUMNS; c++) {
                  int token = query + columnOf(c);
                  float logSumExp = token < tokens ? stats[token] : 0;
#pragma unroll
                  for (int r = 0; r < LANE_ROWS; r++) {
                    bool attends = !MASK || !causal || token >= first + rowOf(r);
                    p[r][c] = token < tokens && attends ? exp2f(p[r][c] * factor - logSumExp) : 0;
                  }
                }
                accumulate(dv, p, grads, warpScratch(scratch));
                multiplyTransposed(ds, values, grads);
#pragma unroll
                for (int c = 0; c < LANE_COLUMNS; c++) {
                  int token = query + columnOf(c);
                  float delta = token < tokens ? stats[tokens + token] : 0;
#pragma unroll
                  for (int r = 0; r < LANE_ROWS; r++) ds[r][c] = p[r][c] * (ds[r][c] - delta);
                }
                accumulate(dk, ds, q, warpScratch(scratch));
              });
  if (first >= tokens) return;
  if (MASK) {
    unsigned attended = mask.attended(first);
    zeroOthers(dk, attended);
    zeroOthers(dv, attended);
  }
  float ones[LANE_ROWS], scales[LANE_ROWS];
#pragma unroll
  for (int r = 0; r < LANE_ROWS; r++) {
    ones[r] = 1;
    scales[r] = scale;
  }
  write(dk, scales, dqkv + head.at(1, heads), stride, first, tokens, head);
  write(dv, ones, dqkv + head.at(2, heads), stride, first, tokens, head);
}
