// Reductions over axes. The order of additions depends on the shape alone. REAL is float or double.
// Kernels are named after the reduction: loading one that is not listed at the end fails.
#include "rows.cuh"
#include "strided.cuh"

#define COLUMNS 32
#define LINES (THREADS / COLUMNS)

// Returns NaN if either operand is NaN, unlike Max.
struct NanMax {
  static __device__ __forceinline__ real identity() { return MINUS_INFINITY; }
  static __device__ __forceinline__ real apply(real a, real b) { return a > b || a != a ? a : b; }
};

// One result per block: reduces the elements of `reduced` for one element of `kept`. blockIdx.y is
// one of several pieces of `piece` elements.
template <class Op>
__device__ __forceinline__ void reduceRow(const StridedLoop<1>& kept,
                                          const StridedLoop<1>& reduced, const real* x, real* out,
                                          int length, int piece) {
  long long start[1], at[1];
  offsetsOf(kept, blockIdx.x, start);
  unsigned first = blockIdx.y * unsigned(piece);
  unsigned end = min(unsigned(length), first + unsigned(piece));
  real v = Op::identity();
  for (unsigned i = first + threadIdx.x; i < end; i += THREADS) {
    offsetsOf(reduced, i, at);
    v = Op::apply(v, x[start[0] + at[0]]);
  }
  v = blockReduce<Op>(v);
  if (threadIdx.x == 0) out[(long long)blockIdx.x * gridDim.y + blockIdx.y] = v;
}

// COLUMNS results per block, for results whose elements are neighbors in memory.
template <class Op>
__device__ __forceinline__ void reduceColumns(const StridedLoop<1>& kept,
                                              const StridedLoop<1>& reduced, const real* x,
                                              real* out, int results, int length, int piece) {
  __shared__ real partials[LINES][COLUMNS];
  int column = threadIdx.x % COLUMNS, line = threadIdx.x / COLUMNS;
  unsigned result = blockIdx.x * COLUMNS + column;
  unsigned first = blockIdx.y * unsigned(piece);
  unsigned end = min(unsigned(length), first + unsigned(piece));
  real v = Op::identity();
  if (result < unsigned(results)) {
    long long start[1], at[1];
    offsetsOf(kept, result, start);
    for (unsigned i = first + line; i < end; i += LINES) {
      offsetsOf(reduced, i, at);
      v = Op::apply(v, x[start[0] + at[0]]);
    }
  }
  partials[line][column] = v;
  __syncthreads();
  if (line == 0 && result < unsigned(results)) {
    for (int i = 1; i < LINES; i++) v = Op::apply(v, partials[i][column]);
    out[(long long)blockIdx.y * results + result] = v;
  }
}

// __grid_constant__ spares each thread a copy of the loops.
#define LOOPS \
  const __grid_constant__ StridedLoop<1> kept, const __grid_constant__ StridedLoop<1> reduced

#define REDUCTION(name, Op)                                                                 \
  extern "C" __global__ void __launch_bounds__(THREADS)                                     \
      reduceRow_##name(LOOPS, const real* x, real* out, int length, int piece) {            \
    reduceRow<Op>(kept, reduced, x, out, length, piece);                                    \
  }                                                                                         \
  extern "C" __global__ void __launch_bounds__(THREADS)                                     \
      reduceColumns_##name(LOOPS, const real* x, real* out, int results, int length,        \
                           int piece) {                                                     \
    reduceColumns<Op>(kept, reduced, x, out, results, length, piece);                       \
  }

// The operations of Reduction.
REDUCTION(SUM, Sum)
REDUCTION(MAX, NanMax)
