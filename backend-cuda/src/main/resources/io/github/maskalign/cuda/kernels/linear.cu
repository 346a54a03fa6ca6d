// What follows a matrix product [rows, columns] in a linear layer: its bias, unless that is null, and
// GELU or a residual. A thread has WIDTH columns, whose bias it keeps in registers, of several rows.
#include "gelu.cuh"
#include "output.cuh"
#include "quads.cuh"

#define MAX_THREADS 256
// Rows of a block, read independently of each other.
#define ROWS 4

// Calls body(sums of a row's columns with the bias added, index of the first) for each row.
template <class Body>
__device__ __forceinline__ void forEachRow(const real* sums, const real* bias, long long rows,
                                           int columns, const Body& body) {
  int column = (blockIdx.x * blockDim.x + threadIdx.x) * WIDTH;
  if (column >= columns) return;
  Quad<real> added;
#pragma unroll
  for (int j = 0; j < WIDTH; j++) added.at[j] = 0;
  if (bias) added = readQuad(bias + column);
  for (long long first = (long long)blockIdx.y * ROWS; first < rows;
       first += (long long)gridDim.y * ROWS) {
    Quad<real> values[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++)
      if (first + i < rows) values[i] = readQuad(sums + (first + i) * columns + column);
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      if (first + i >= rows) continue;
      if (bias) {
#pragma unroll
        for (int j = 0; j < WIDTH; j++) values[i].at[j] += added.at[j];
      }
      body(values[i], (first + i) * columns + column, column);
    }
  }
}

// y = sums + bias; y may be sums
extern "C" __global__ void __launch_bounds__(MAX_THREADS)
    addBias(const real* sums, const real* bias, real* y, long long rows, int columns) {
  forEachRow(sums, bias, rows, columns,
             [&](const Quad<real>& x, long long at, int) { writeQuad(y + at, x); });
}

// y = GELU(sums + bias); y may be sums
extern "C" __global__ void __launch_bounds__(MAX_THREADS)
    biasGelu(const real* sums, const real* bias, out_t* y, long long rows, int columns) {
  forEachRow(sums, bias, rows, columns, [&](const Quad<real>& x, long long at, int) {
    Quad<out_t> result;
#pragma unroll
    for (int j = 0; j < WIDTH; j++) result.at[j] = Output::of(x.at[j] * Kind::gate(x.at[j]));
    writeQuad(y + at, result);
  });
}

// y = base + scale (sums + bias), scale of each column, 1 if it is null; y may be sums. Each operation
// is rounded, as one by one.
extern "C" __global__ void __launch_bounds__(MAX_THREADS)
    biasResidual(const real* sums, const real* bias, const real* base, const real* scale, real* y,
                 long long rows, int columns) {
  forEachRow(sums, bias, rows, columns, [&](const Quad<real>& x, long long at, int column) {
    Quad<real> result = readQuad(base + at);
#pragma unroll
    for (int j = 0; j < WIDTH; j++)
      result.at[j] = math::add(result.at[j], scale ? math::mul(x.at[j], scale[column + j]) : x.at[j]);
    writeQuad(y + at, result);
  });
}
