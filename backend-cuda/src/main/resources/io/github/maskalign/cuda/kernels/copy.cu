// Copies between layouts, and fills. Kernels are named after the bytes of an element.
#include "strided.cuh"

template <class T>
__device__ __forceinline__ void copyElements(const StridedLoop<2>& loop, const T* x, T* out,
                                             int n) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    offsetsOf(loop, i, at);
    out[at[1]] = x[at[0]];
  }
}

template <class T>
__device__ __forceinline__ void fillElements(const StridedLoop<1>& loop, T* out, int n, T value) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[1];
    offsetsOf(loop, i, at);
    out[at[0]] = value;
  }
}

#define TILE 32

// out[i * outRow + j] = x[i + j * xColumn] for i < rows, j < columns, once for each element of the
// outer axes. A block transposes one tile in shared memory, so that reads and writes are coalesced.
template <class T>
__device__ __forceinline__ void transposeTile(const StridedLoop<2>& outer, const T* x, T* out,
                                              int rows, int columns, long long xColumn,
                                              long long outRow) {
  __shared__ T tile[TILE][TILE + 1];
  unsigned across = (columns + TILE - 1) / TILE, down = (rows + TILE - 1) / TILE;
  int lane = threadIdx.x % TILE, line = threadIdx.x / TILE;
  int left = blockIdx.x % across * TILE, top = blockIdx.x / across % down * TILE;
  long long at[2];
  offsetsOf(outer, blockIdx.x / across / down, at);
  for (int j = line; j < TILE; j += THREADS / TILE)
    if (top + lane < rows && left + j < columns)
      tile[j][lane] = x[at[0] + top + lane + (left + j) * xColumn];
  __syncthreads();
  for (int i = line; i < TILE; i += THREADS / TILE)
    if (top + i < rows && left + lane < columns)
      out[at[1] + (top + i) * outRow + left + lane] = tile[lane][i];
}

#define COPIES(bytes, T)                                                                       \
  extern "C" __global__ void __launch_bounds__(THREADS)                                        \
      copy##bytes(StridedLoop<2> loop, const T* x, T* out, int n) {                            \
    copyElements<T>(loop, x, out, n);                                                          \
  }                                                                                            \
  extern "C" __global__ void __launch_bounds__(THREADS)                                        \
      transpose##bytes(StridedLoop<2> outer, const T* x, T* out, int rows, int columns,        \
                       long long xColumn, long long outRow) {                                  \
    transposeTile<T>(outer, x, out, rows, columns, xColumn, outRow);                           \
  }

// __grid_constant__ spares each thread a copy of the loop.
#define FILLS(bytes, T)                                                                        \
  extern "C" __global__ void __launch_bounds__(THREADS)                                        \
      fill##bytes(const __grid_constant__ StridedLoop<1> loop, T* out, int n, long long value) { \
    fillElements<T>(loop, out, n, (T)value);                                                   \
  }

COPIES(1, unsigned char)
COPIES(2, unsigned short)
COPIES(4, unsigned)
COPIES(8, unsigned long long)
FILLS(1, unsigned char)
FILLS(2, unsigned short)
FILLS(4, unsigned)
FILLS(8, unsigned long long)

extern "C" __global__ void __launch_bounds__(THREADS)
    copy16(StridedLoop<2> loop, const uint4* x, uint4* out, int n) {
  copyElements<uint4>(loop, x, out, n);
}
