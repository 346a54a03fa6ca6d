// Included before every kernel source: CUDA C++ on the host. Anything else is not emulated and does
// not compile. Float atomics are missing on purpose: their order of additions differs between runs.
#pragma once

#include <cmath>
#include <cstring>

#include "emu_kernel.h"

#define CUDA_EMU 1
#define __CUDA_ARCH__ 900
#define __global__
#define __device__
#define __host__
#define __constant__ static const
#define __grid_constant__
#define __forceinline__ inline
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
#define __restrict__ __restrict
#define __shared__ static thread_local
// Dynamic shared memory: on the device, extern __shared__ of the same type and name.
#define DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(emu_me->block->dynamicShared)

#define threadIdx (emu_me->index)
#define blockIdx (emu_me->block->index)
#define blockDim (emu_me->block->dim)
#define gridDim (emu_me->block->grid)
#define warpSize 32

#include "cuda_math.h"
#include "cuda_vectors.h"
#include "cuda_warp.h"
#include "emu_bind.h"
