// Runs the blocks of a grid.
#pragma once

#include <string>

#include "../kernel/emu_kernel.h"

namespace emu {

// Static shared variables of a module are thread-local variables of host threads. Their location is
// stored relative to one of them, so that they can be poisoned before each block.
struct SharedVariables {
  emu_anchor* anchor;
  ptrdiff_t start;
  size_t bytes;
};

struct Launch {
  const char* kernel;
  dim3 grid, block;
  size_t sharedBytes;
  SharedVariables shared;
  emu_call call;
};

// Runs the grid; returns the problem, or an empty text.
std::string runGrid(const Launch& launch);

}  // namespace emu
