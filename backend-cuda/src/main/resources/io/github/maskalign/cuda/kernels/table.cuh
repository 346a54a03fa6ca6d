// Multi-tensor kernels: one launch over a table of tensors, each entry with its first block.
#pragma once
#include "device.cuh"

#define THREADS 256
#define ELEMENTS_PER_BLOCK 8192

// The entry of this block: the last whose first block is not after it.
template <class Entry>
__device__ __forceinline__ const Entry& findEntry(const Entry* table, int entries) {
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

// The elements of an entry that this block computes, coalesced.
#define FOR_EACH_ELEMENT_OF(entry, i)                                                        \
  for (long long i = (blockIdx.x - entry.firstBlock) * ELEMENTS_PER_BLOCK + threadIdx.x,     \
                 end_ = min((long long)entry.size,                                           \
                            (blockIdx.x - entry.firstBlock + 1) * ELEMENTS_PER_BLOCK);       \
       i < end_; i += THREADS)
