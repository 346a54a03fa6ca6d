// The type of a result, OUT: that of the computation, or BF16.
#pragma once
#include "real.cuh"

namespace outputs {

struct SAME {
  typedef real type;
  static __device__ __forceinline__ real of(real x) { return x; }
};

struct BF16 {
  typedef bf16 type;
  static __device__ __forceinline__ bf16 of(real x) { return toBf16(float(x)); }
};

}  // namespace outputs

typedef outputs::OUT Output;
typedef Output::type out_t;
