// Chosen tokens of each image, and the way back. REAL is float or double.
#include "real.cuh"
#include "strided.cuh"

// The first id outside the tokens; class TokenIds reads it later, so that nothing waits now.
struct Refused {
  long long raised, id, tokens;
};

__device__ __forceinline__ long long idAt(const void* ids, int wide, long long i) {
  return wide ? ((const long long*)ids)[i] : ((const int*)ids)[i];
}

__device__ __forceinline__ bool inside(long long id, int tokens, Refused* refused) {
  if (id >= 0 && id < tokens) return true;
  if (atomicCAS((int*)&refused->raised, 0, 1) == 0) {
    refused->id = id;
    refused->tokens = tokens;
  }
  return false;
}

// out[b, k] = x[b, ids[b, k]]: x [B, tokens, width], ids [B, kept], out dense.
extern "C" __global__ void __launch_bounds__(THREADS)
    gatherTokens(const real* x, long long xImage, long long xToken, long long xColumn, int tokens,
                 const void* ids, int wide, long long idImage, long long idStep, real* out,
                 int kept, int width, long long n, Refused* refused) {
  long long first = blockIdx.x * (long long)(THREADS * HELD) + threadIdx.x;
  for (int part = 0; part < HELD; part++) {
    long long i = first + part * THREADS;
    if (i >= n) return;
    long long row = i / width, image = row / kept;
    int column = int(i - row * width), k = int(row - image * kept);
    long long id = idAt(ids, wide, image * idImage + k * idStep);
    out[i] = inside(id, tokens, refused)
                 ? x[image * xImage + id * xToken + column * xColumn]
                 : real(__int_as_float(0x7fc00000));
  }
}

// out[b, t] = the sum of g[b, k] over the k with ids[b, k] = t, from the first to the last; a block
// for each (b, t). Its shared memory holds a bit for each k.
extern "C" __global__ void __launch_bounds__(THREADS)
    scatterTokens(const real* g, long long gImage, long long gStep, long long gColumn,
                  const void* ids, int wide, long long idImage, long long idStep, real* out,
                  int tokens, int kept, int width, Refused* refused) {
  DYNAMIC_SHARED(unsigned, hits);
  long long image = blockIdx.x / unsigned(tokens);
  int token = int(blockIdx.x - image * tokens);
  int words = (kept + 31) / 32;
  for (int start = 0; start < words * 32; start += THREADS) {
    int k = start + threadIdx.x;
    bool hit = false;
    if (k < kept) {
      long long id = idAt(ids, wide, image * idImage + k * idStep);
      hit = inside(id, tokens, refused) && id == token;
    }
    unsigned word = __ballot_sync(0xffffffffu, hit);
    if (k % 32 == 0 && k / 32 < words) hits[k / 32] = word;
  }
  __syncthreads();
  for (int column = threadIdx.x; column < width; column += THREADS) {
    real sum = 0;
    for (int word = 0; word < words; word++)
      for (unsigned rest = hits[word]; rest; rest &= rest - 1)
        sum += g[image * gImage + (word * 32 + __ffs(rest) - 1) * gStep + column * gColumn];
    out[(long long)blockIdx.x * width + column] = sum;
  }
}
