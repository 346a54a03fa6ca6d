// Kernels that compute in F32 or in F64: REAL is float or double, and functions have one name for
// both.
#pragma once
#include "device.cuh"

typedef REAL real;

#define MINUS_INFINITY (-__int_as_float(0x7f800000))

__device__ __forceinline__ float root(float x) { return sqrtf(x); }
__device__ __forceinline__ double root(double x) { return sqrt(x); }
__device__ __forceinline__ float exponential(float x) { return expf(x); }
__device__ __forceinline__ double exponential(double x) { return exp(x); }
__device__ __forceinline__ float logarithm(float x) { return logf(x); }
__device__ __forceinline__ double logarithm(double x) { return log(x); }
__device__ __forceinline__ float tangent(float x) { return tanhf(x); }
__device__ __forceinline__ double tangent(double x) { return tanh(x); }
__device__ __forceinline__ float errorFunction(float x) { return erff(x); }
__device__ __forceinline__ double errorFunction(double x) { return erf(x); }
// 1 - erf(x), which keeps its digits where that has none left.
__device__ __forceinline__ float complement(float x) { return erfcf(x); }
__device__ __forceinline__ double complement(double x) { return erfc(x); }
__device__ __forceinline__ float larger(float a, float b) { return fmaxf(a, b); }
__device__ __forceinline__ double larger(double a, double b) { return fmax(a, b); }
