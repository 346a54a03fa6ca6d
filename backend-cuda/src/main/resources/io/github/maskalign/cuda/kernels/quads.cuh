// Reads and writes of WIDTH neighboring elements at once: 4, so that a thread moves 16 bytes of F32,
// or 1, where sizes or addresses do not allow it.
#pragma once
#include "device.cuh"

template <class T>
struct alignas(WIDTH * sizeof(T) > 16 ? 16 : WIDTH * sizeof(T)) Quad {
  T at[WIDTH];
};

template <class T>
__device__ __forceinline__ Quad<T> readQuad(const T* address) {
  return *reinterpret_cast<const Quad<T>*>(address);
}

template <class T>
__device__ __forceinline__ void writeQuad(T* address, const Quad<T>& quad) {
  *reinterpret_cast<Quad<T>*>(address) = quad;
}
