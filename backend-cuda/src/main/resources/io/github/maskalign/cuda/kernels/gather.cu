// Gathers tokens of each image, and scatters them back. REAL is float or double. INDEX is the DType
// of the token ids: one that is not among the structs below does not compile.
#include "real.cuh"
#include "strided.cuh"

namespace indices {

struct I32 {
  typedef int type;
};
struct I64 {
  typedef long long type;
};

}  // namespace indices

typedef indices::INDEX::type index_t;

// The first id out of range; class TokenIdCheck reads it at the next download, so that no launch
// waits for the check.
struct InvalidTokenId {
  long long found, id, tokens;
};

__device__ __forceinline__ bool inRange(long long id, int tokens, InvalidTokenId* invalid) {
  if (id >= 0 && id < tokens) return true;
  if (atomicCAS((int*)&invalid->found, 0, 1) == 0) {
    invalid->id = id;
    invalid->tokens = tokens;
  }
  return false;
}

// out[b, k] = x[b, ids[b, k]]: x [B, tokens, width], ids [B, kept], out contiguous
extern "C" __global__ void __launch_bounds__(THREADS)
    gatherTokens(const real* x, long long xImage, long long xToken, long long xColumn, int tokens,
                 const index_t* ids, long long idImage, long long idStep, real* out, int kept,
                 int width, long long n, InvalidTokenId* invalid) {
  long long first = blockIdx.x * (long long)ELEMENTS_PER_BLOCK + threadIdx.x;
  for (int element = 0; element < ELEMENTS_PER_THREAD; element++) {
    long long i = first + element * THREADS;
    if (i >= n) return;
    long long row = i / width, image = row / kept;
    int column = int(i - row * width), k = int(row - image * kept);
    long long id = ids[image * idImage + k * idStep];
    out[i] = inRange(id, tokens, invalid)
                 ? x[image * xImage + id * xToken + column * xColumn]
                 : real(__int_as_float(0x7fc00000));
  }
}

// out[b, t] = the sum of g[b, k] over the k with ids[b, k] = t, in the order of k; one block for
// each (b, t). Shared memory has one bit for each k.
extern "C" __global__ void __launch_bounds__(THREADS)
    scatterTokens(const real* g, long long gImage, long long gStep, long long gColumn,
                  const index_t* ids, long long idImage, long long idStep, real* out, int tokens,
                  int kept, int width, InvalidTokenId* invalid) {
  DYNAMIC_SHARED(unsigned, hits);
  long long image = blockIdx.x / unsigned(tokens);
  int token = int(blockIdx.x - image * tokens);
  int words = (kept + 31) / 32;
  for (int start = 0; start < words * 32; start += THREADS) {
    int k = start + threadIdx.x;
    bool hit = false;
    if (k < kept) {
      long long id = ids[image * idImage + k * idStep];
      hit = inRange(id, tokens, invalid) && id == token;
    }
    unsigned word = __ballot_sync(FULL_MASK, hit);
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

// The same for long lists of ids, such as those of a batch of texts: a block has `rows` tokens t of
// an image, so that ids are not read once per token, and reads them in chunks. A thread adds up the
// same columns of all its rows, and holds the sum of a row while its ids follow each other. A batch
// has thousands of some tokens, such as padding, so that several loads must be in flight.
#define IN_FLIGHT 8

extern "C" __global__ void __launch_bounds__(THREADS)
    scatterTokenRows(const real* g, long long gImage, long long gStep, long long gColumn,
                     const index_t* ids, long long idImage, long long idStep, real* out,
                     int tokens, int rows, int kept, int chunk, int width,
                     InvalidTokenId* invalid) {
  DYNAMIC_SHARED(unsigned, hits);
  unsigned blocks = (tokens - 1) / rows + 1;
  long long image = blockIdx.x / blocks;
  int first = int(blockIdx.x - image * blocks) * rows;
  if (rows > tokens - first) rows = tokens - first;
  g += image * gImage;
  ids += image * idImage;
  out += (image * tokens + first) * width;
  for (long long i = threadIdx.x; i < (long long)rows * width; i += THREADS) out[i] = 0;
  for (long long from = 0; from < kept; from += chunk) {
    int count = kept - from < chunk ? int(kept - from) : chunk, words = (count + 31) / 32;
    for (int start = 0; start < words * 32; start += THREADS) {
      int bit = start + threadIdx.x;
      bool hit = false;
      if (bit < count) {
        long long id = ids[(from + bit) * idStep];
        hit = inRange(id, tokens, invalid) && id >= first && id - first < rows;
      }
      unsigned word = __ballot_sync(FULL_MASK, hit);
      if (bit % 32 == 0 && bit / 32 < words) hits[bit / 32] = word;
    }
    __syncthreads();
    for (int column = threadIdx.x; column < width; column += THREADS) {
      int row = 0;
      real sum = out[column];
      for (int word = 0; word < words; word++)
        for (unsigned rest = hits[word]; rest;) {
          int rowOf[IN_FLIGHT];
          real terms[IN_FLIGHT];
#pragma unroll
          for (int i = 0; i < IN_FLIGHT; i++) {
            long long k = from + word * 32 + __ffs(rest) - 1;
            rowOf[i] = rest ? int(ids[k * idStep] - first) : -1;
            terms[i] = rest ? g[k * gStep + column * gColumn] : 0;
            rest &= rest - 1;
          }
#pragma unroll
          for (int i = 0; i < IN_FLIGHT; i++) {
            if (rowOf[i] < 0) break;
            if (rowOf[i] != row) {
              out[(long long)row * width + column] = sum;
              row = rowOf[i];
              sum = out[(long long)row * width + column];
            }
            sum += terms[i];
          }
        }
      out[(long long)row * width + column] = sum;
    }
    __syncthreads();
  }
}
