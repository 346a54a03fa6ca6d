// Shared by all kernels. Tests compile kernels for an emulated device, which defines CUDA_EMU and
// supplies host versions of the inline assembly.
#pragma once

#ifndef CUDA_EMU
// The launch sets the size.
#define DYNAMIC_SHARED(type, name)                                \
  extern __shared__ __align__(16) unsigned char dynamic_shared[]; \
  type* name = reinterpret_cast<type*>(dynamic_shared)
#endif

#define WARP_SIZE 32
#define FULL_MASK 0xffffffffu

// The upper half of an F32.
typedef unsigned short bf16;

__device__ __forceinline__ float fromBf16(bf16 x) { return __uint_as_float(unsigned(x) << 16); }

// Rounds to nearest, ties to even.
__device__ __forceinline__ bf16 toBf16(float x) {
  unsigned bits = __float_as_uint(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return bf16((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

// c [16, 8] += a [16, 16] b [16, 8] by one warp on tensor cores; fragment layouts as the PTX manual
// defines them for mma.sync.m16n8k16.
__device__ __forceinline__ void mmaBf16(float (&c)[4], const unsigned (&a)[4],
                                        const unsigned (&b)[2]) {
#ifdef CUDA_EMU
  emu_mma_m16n8k16_bf16(c, a, b);
#else
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}
