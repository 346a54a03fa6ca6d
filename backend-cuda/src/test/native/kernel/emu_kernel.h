// Shared by the emulated driver and compiled kernels: the state of a device thread, and the calling
// convention of kernels.
#pragma once

#include <cstddef>
#include <cstdint>

struct uint3 {
  unsigned x, y, z;
};
struct dim3 {
  unsigned x, y, z;
};

// The values that lanes exchange, double-buffered: while a lane reads the values of one collective,
// others may be at the next, but never further.
constexpr unsigned EMU_LANES = 32, EMU_SLOT_BYTES = 32;
struct alignas(32) emu_slot {
  unsigned char bytes[EMU_SLOT_BYTES];
};
struct emu_warp {
  emu_slot slots[2][EMU_LANES];
};

struct emu_block {
  dim3 grid, dim;
  uint3 index;
  void* dynamicShared;
};

struct emu_thread {
  uint3 index;
  unsigned lane;
  unsigned turn;
  emu_warp* warp;
  emu_block* block;
};

// A kernel with its arguments.
struct emu_call {
  void (*run)(void* arguments);  // one thread, the one emu_me points to
  void (*drop)(void* arguments);
  void* arguments;
  const char* problem;  // the problem with the arguments, or null
  int pointers;
  struct {
    int parameter;
    const void* address;
  } pointer[64];
  int words;  // of structures, some of which are addresses
  const void* word[64];
};

struct emu_entry {
  const char* name;
  unsigned maxThreads;
  emu_call (*bind)(void** parameters);
};

// In the driver:
extern "C" {
extern __thread emu_thread* emu_me;
void emu_barrier(int line);
void emu_collective(int kind, unsigned mask);
}

// In every module of kernels: its entries up to one without a name; and some address in the
// calling thread's copy of the shared variables.
using emu_entries = const emu_entry*();
using emu_anchor = void*();
