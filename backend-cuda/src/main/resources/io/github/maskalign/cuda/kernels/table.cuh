// Many tensors in one launch: a table of them, each with the number of its first block.
#pragma once
#include "device.cuh"

#define THREADS 256
#define ELEMENTS_OF_A_BLOCK 8192

// The entry that this block works on: the last that begins at or before it.
template <class Entry>
__device__ __forceinline__ const Entry& entryOfBlock(const Entry* table, int entries) {
  int low = 0, high = entries - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (table[middle].firstBlock <= blockIdx.x) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return table[low];
}

// The elements of an entry that this block works on, neighbours to neighbouring threads.
#define FOR_EACH_OF_BLOCK(i, entry)                                                          \
  for (long long i = (blockIdx.x - entry.firstBlock) * ELEMENTS_OF_A_BLOCK + threadIdx.x,    \
                 end_ = min((long long)entry.size,                                           \
                            (blockIdx.x - entry.firstBlock + 1) * ELEMENTS_OF_A_BLOCK);      \
       i < end_; i += THREADS)
