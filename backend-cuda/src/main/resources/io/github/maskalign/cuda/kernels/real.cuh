// Kernels that compute in F32 or in F64, chosen by REAL. The functions in namespace math have the
// same name for both types, and cannot be confused with the built-in overloads.
#pragma once
#include "device.cuh"

// Only float and double: any other REAL does not compile.
template <class T>
struct Real;
template <>
struct Real<float> {
  typedef float type;
};
template <>
struct Real<double> {
  typedef double type;
};

typedef Real<REAL>::type real;

#define MINUS_INFINITY (-__int_as_float(0x7f800000))

namespace math {

__device__ __forceinline__ float sqrt(float x) { return ::sqrtf(x); }
__device__ __forceinline__ double sqrt(double x) { return ::sqrt(x); }
__device__ __forceinline__ float exp(float x) { return ::expf(x); }
__device__ __forceinline__ double exp(double x) { return ::exp(x); }
__device__ __forceinline__ float log(float x) { return ::logf(x); }
__device__ __forceinline__ double log(double x) { return ::log(x); }
__device__ __forceinline__ float tanh(float x) { return ::tanhf(x); }
__device__ __forceinline__ double tanh(double x) { return ::tanh(x); }
__device__ __forceinline__ float erf(float x) { return ::erff(x); }
__device__ __forceinline__ double erf(double x) { return ::erf(x); }
// 1 - erf(x) without cancellation.
__device__ __forceinline__ float erfc(float x) { return ::erfcf(x); }
__device__ __forceinline__ double erfc(double x) { return ::erfc(x); }
// Rounds once: a b + c.
__device__ __forceinline__ float fma(float a, float b, float c) { return ::fmaf(a, b, c); }
__device__ __forceinline__ double fma(double a, double b, double c) { return ::fma(a, b, c); }
// Rounded each, never joined to one operation.
__device__ __forceinline__ float add(float a, float b) { return ::__fadd_rn(a, b); }
__device__ __forceinline__ double add(double a, double b) { return ::__dadd_rn(a, b); }
__device__ __forceinline__ float mul(float a, float b) { return ::__fmul_rn(a, b); }
__device__ __forceinline__ double mul(double a, double b) { return ::__dmul_rn(a, b); }
// Ignores NaN, as fmax does.
__device__ __forceinline__ float max(float a, float b) { return ::fmaxf(a, b); }
__device__ __forceinline__ double max(double a, double b) { return ::fmax(a, b); }

}  // namespace math
