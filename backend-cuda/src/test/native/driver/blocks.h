// Runs the blocks of a grid.
#pragma once

#include <string>

#include "../kernel/emu_kernel.h"

namespace emu {

// The static shared variables of a module are thread-local to the host's threads. To poison them
// before each block, their place is kept relative to one of them.
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

// Runs it all; what went wrong, or an empty text.
std::string runGrid(const Launch& launch);

}  // namespace emu
