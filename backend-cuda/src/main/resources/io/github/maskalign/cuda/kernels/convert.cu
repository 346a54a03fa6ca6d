// Conversions between types, rounded and clipped as Java's casts are.
#include "strided.cuh"

// In the order of DType.
enum Type { F64, F32, F16, BF16, I64, I32, U8 };

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
    // Beside 1/2, an F32 has the steps that an F16 has here.
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

// Reads into V, which holds every value of the types that it is used for.
template <class V>
__device__ __forceinline__ V load(const void* x, int type, long long i) {
  switch (type) {
    case F64: return V(((const double*)x)[i]);
    case F32: return V(((const float*)x)[i]);
    case F16: return V(fromF16(((const unsigned short*)x)[i]));
    case BF16: return V(fromBf16(((const bf16*)x)[i]));
    case I64: return V(((const long long*)x)[i]);
    case I32: return V(((const int*)x)[i]);
    default: return V(((const unsigned char*)x)[i]);
  }
}

template <class V>
__device__ __forceinline__ void store(void* out, int type, long long i, V value) {
  switch (type) {
    case F64: ((double*)out)[i] = double(value); break;
    case F32: ((float*)out)[i] = float(value); break;
    case F16: ((unsigned short*)out)[i] = toF16(float(value)); break;
    case BF16: ((bf16*)out)[i] = toBf16(float(value)); break;
    case I64: ((long long*)out)[i] = toI64(double(value)); break;
    case I32: ((int*)out)[i] = toI32(double(value)); break;
    default: ((unsigned char*)out)[i] = (unsigned char)toI32(double(value));
  }
}

// Between whole numbers, the upper bits go.
__device__ __forceinline__ void store(void* out, int type, long long i, long long value) {
  switch (type) {
    case I64: ((long long*)out)[i] = value; break;
    case I32: ((int*)out)[i] = int(value); break;
    default: ((unsigned char*)out)[i] = (unsigned char)value;
  }
}

template <class V>
__device__ __forceinline__ void convert(const Axes<2>& axes, const void* x, int from, void* out,
                                        int to, int n) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    locate(axes, i, at);
    store(out, to, at[1], load<V>(x, from, at[0]));
  }
}

#define CONVERSION(name, V)                                                     \
  extern "C" __global__ void __launch_bounds__(THREADS)                         \
      name(Axes<2> axes, const void* x, int from, void* out, int to, int n) {   \
    convert<V>(axes, x, from, out, to, n);                                      \
  }

CONVERSION(convertByF32, float)
CONVERSION(convertByF64, double)
CONVERSION(convertByI64, long long)
