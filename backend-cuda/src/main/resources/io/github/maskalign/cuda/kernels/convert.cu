// Converts elements of type FROM to type TO, rounded and saturated as Java casts are. FROM and TO
// are names of DType: one that is not among the structs below does not compile.
#include "strided.cuh"

__device__ __forceinline__ float fromF16(unsigned short x) {
  unsigned sign = (x & 0x8000u) << 16, exponent = x >> 10 & 31, fraction = x & 0x3ffu;
  if (exponent == 31) return __uint_as_float(sign | 0x7f800000u | fraction << 13);
  if (exponent == 0) {
    float size = float(fraction) * 5.9604644775390625e-8f;  // 2^-24
    return sign ? -size : size;
  }
  return __uint_as_float(sign | (exponent + 112) << 23 | fraction << 13);
}

__device__ __forceinline__ unsigned short toF16(float x) {
  unsigned bits = __float_as_uint(x), sign = bits >> 16 & 0x8000u, size = bits & 0x7fffffffu;
  if (size > 0x7f800000u) return (unsigned short)(sign | 0x7e00u);
  if (size >= 0x477ff000u) return (unsigned short)(sign | 0x7c00u);
  if (size < 0x38800000u) {
    // Near 1/2, the spacing of F32 is that of subnormal F16.
    unsigned steps = __float_as_uint(__uint_as_float(size) + 0.5f) - 0x3f000000u;
    return (unsigned short)(sign | steps);
  }
  size += 0xfffu + (size >> 13 & 1);
  return (unsigned short)(sign | (size - 0x38000000u) >> 13);
}

__device__ __forceinline__ long long toI64(double x) {
  if (x != x) return 0;
  if (x >= 9223372036854775808.0) return 0x7fffffffffffffffLL;
  if (x <= -9223372036854775808.0) return -0x7fffffffffffffffLL - 1;
  return (long long)x;
}

__device__ __forceinline__ int toI32(double x) {
  if (x != x) return 0;
  if (x >= 2147483647.0) return 2147483647;
  if (x <= -2147483648.0) return -2147483647 - 1;
  return int(x);
}

// The types of DType: how elements are stored, whether they are integers, and whether a float holds
// every value.
namespace dtypes {

struct F64 {
  typedef double storage;
  static const bool integral = false, fitsFloat = false;
  static __device__ __forceinline__ double load(double x) { return x; }
  static __device__ __forceinline__ double store(double x) { return x; }
};

struct F32 {
  typedef float storage;
  static const bool integral = false, fitsFloat = true;
  static __device__ __forceinline__ float load(float x) { return x; }
  static __device__ __forceinline__ float store(float x) { return x; }
};

struct F16 {
  typedef unsigned short storage;
  static const bool integral = false, fitsFloat = true;
  static __device__ __forceinline__ float load(storage x) { return fromF16(x); }
  static __device__ __forceinline__ storage store(float x) { return toF16(x); }
};

struct BF16 {
  typedef bf16 storage;
  static const bool integral = false, fitsFloat = true;
  static __device__ __forceinline__ float load(bf16 x) { return fromBf16(x); }
  static __device__ __forceinline__ bf16 store(float x) { return toBf16(x); }
};

struct I64 {
  typedef long long storage;
  static const bool integral = true, fitsFloat = false;
  static __device__ __forceinline__ long long load(long long x) { return x; }
  static __device__ __forceinline__ long long store(double x) { return toI64(x); }
  static __device__ __forceinline__ long long store(long long x) { return x; }
};

struct I32 {
  typedef int storage;
  static const bool integral = true, fitsFloat = false;
  static __device__ __forceinline__ int load(int x) { return x; }
  static __device__ __forceinline__ int store(double x) { return toI32(x); }
  static __device__ __forceinline__ int store(long long x) { return int(x); }
};

struct U8 {
  typedef unsigned char storage;
  static const bool integral = true, fitsFloat = true;
  static __device__ __forceinline__ storage load(storage x) { return x; }
  static __device__ __forceinline__ storage store(double x) { return (storage)toI32(x); }
  static __device__ __forceinline__ storage store(long long x) { return (storage)x; }
};

}  // namespace dtypes

typedef dtypes::FROM From;
typedef dtypes::TO To;

template <bool CONDITION, class Then, class Else>
struct Choose {
  typedef Then type;
};
template <class Then, class Else>
struct Choose<false, Then, Else> {
  typedef Else type;
};

// Holds every value of From. Between integers, the lower bits are kept; all else saturates.
typedef Choose<From::integral && To::integral, long long,
               Choose<From::fitsFloat && To::fitsFloat, float, double>::type>::type Value;

extern "C" __global__ void __launch_bounds__(THREADS)
    convert(StridedLoop<2> loop, const From::storage* x, To::storage* out, int n) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    offsetsOf(loop, i, at);
    out[at[1]] = To::store(Value(From::load(x[at[0]])));
  }
}
