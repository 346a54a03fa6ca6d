// Folds axes away. Every result has one order of additions, given by the shape alone. REAL is float
// or double.
#include "rows.cuh"
#include "strided.cuh"

#define COLUMNS 32
#define LINES (THREADS / COLUMNS)

// NaN passes through.
struct Max {
  static __device__ __forceinline__ real none() { return MINUS_INFINITY; }
  static __device__ __forceinline__ real join(real a, real b) { return a > b || a != a ? a : b; }
};

// A result for each element of kept: the elements of folded joined, in pieces of `piece`, of which
// blockIdx.y is one. One block makes one result.
template <class Join>
__device__ __forceinline__ void foldRow(const Axes<1>& kept, const Axes<1>& folded, const real* x,
                                        real* out, int length, int piece) {
  long long start[1], at[1];
  locate(kept, blockIdx.x, start);
  unsigned first = blockIdx.y * unsigned(piece);
  unsigned end = min(unsigned(length), first + unsigned(piece));
  real v = Join::none();
  for (unsigned i = first + threadIdx.x; i < end; i += THREADS) {
    locate(folded, i, at);
    v = Join::join(v, x[start[0] + at[0]]);
  }
  v = blockFold<Join>(v);
  if (threadIdx.x == 0) out[(long long)blockIdx.x * gridDim.y + blockIdx.y] = v;
}

// The same where neighbouring results read neighbouring elements: one block makes COLUMNS results.
template <class Join>
__device__ __forceinline__ void foldColumns(const Axes<1>& kept, const Axes<1>& folded,
                                            const real* x, real* out, int results, int length,
                                            int piece) {
  __shared__ real parts[LINES][COLUMNS];
  int column = threadIdx.x % COLUMNS, line = threadIdx.x / COLUMNS;
  unsigned result = blockIdx.x * COLUMNS + column;
  unsigned first = blockIdx.y * unsigned(piece);
  unsigned end = min(unsigned(length), first + unsigned(piece));
  real v = Join::none();
  if (result < unsigned(results)) {
    long long start[1], at[1];
    locate(kept, result, start);
    for (unsigned i = first + line; i < end; i += LINES) {
      locate(folded, i, at);
      v = Join::join(v, x[start[0] + at[0]]);
    }
  }
  parts[line][column] = v;
  __syncthreads();
  if (line == 0 && result < unsigned(results)) {
    for (int i = 1; i < LINES; i++) v = Join::join(v, parts[i][column]);
    out[(long long)blockIdx.y * results + result] = v;
  }
}

// As constants of the grid, or each thread would copy the axes to walk them.
#define KEPT_AND_FOLDED \
  const __grid_constant__ Axes<1> kept, const __grid_constant__ Axes<1> folded

#define FOLDS(Join)                                                                         \
  extern "C" __global__ void __launch_bounds__(THREADS)                                     \
      row##Join(KEPT_AND_FOLDED, const real* x, real* out, int length, int piece) {         \
    foldRow<Join>(kept, folded, x, out, length, piece);                                     \
  }                                                                                         \
  extern "C" __global__ void __launch_bounds__(THREADS)                                     \
      columns##Join(KEPT_AND_FOLDED, const real* x, real* out, int results, int length,     \
                    int piece) {                                                            \
    foldColumns<Join>(kept, folded, x, out, results, length, piece);                        \
  }

FOLDS(Sum)
FOLDS(Max)
