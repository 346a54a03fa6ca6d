// Shared by the files of the emulated driver. One lock guards everything except running kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#define SHARED_WITH_LIBRARIES __attribute__((visibility("default")))
#define API extern "C" SHARED_WITH_LIBRARIES int

namespace emu {

// The numbers of cuda.h.
enum Result {
  OK = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  NO_DEVICE = 100,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  LAUNCH_FAILED = 719,
  NOT_SUPPORTED = 801,
  CAPTURE_UNSUPPORTED = 900,
};

// ---- settings.cpp: settings of tests, and faults

// The environment variable CUDA_EMU_KEY, or the value that a test has set.
long long setting(const char* key);
void set(const char* key, long long value);

// Prints the text, keeps the first one for the test, and returns the code.
SHARED_WITH_LIBRARIES int fault(int code, const std::string& text);

// Counts work, see emu_work.
SHARED_WITH_LIBRARIES void count(const std::string& name, long long bytes);

// The first fault of queued work, which every later call returns.
int lost();
void lose(int code);

// ---- device.cpp

// Zero, or the reason why calls fail: not initialized, no context in this thread, or lost().
SHARED_WITH_LIBRARIES int ready();

// ---- memory.cpp: device memory with an unmapped page after each block; callers have the lock

// Whether the range is inside one live block.
SHARED_WITH_LIBRARIES bool inside(const void* address, size_t bytes);
// The bytes from an address to the end of its live block; 0 if it is in none.
SHARED_WITH_LIBRARIES size_t restOfBlock(const void* address);
// Whether less memory is free than a launch or a product needs.
SHARED_WITH_LIBRARIES bool scarce();
// Describes an address.
SHARED_WITH_LIBRARIES std::string whereabouts(const void* address);
// Whether nothing was written just outside the block of the address.
bool intact(const void* address);
std::string leakedMemory();
void dropMemory();

// ---- streams.cpp: queues of work that run late and in any permitted order

using Work = std::function<int()>;

// Queues work, or records it during a capture. A null stream runs at once.
SHARED_WITH_LIBRARIES int submit(void* stream, const char* name, Work work);
SHARED_WITH_LIBRARIES bool capturing(void* stream);
bool threadCaptures();
std::string leakedStreams();
void dropStreams();
void forgetQueues();

// ---- graphs.cpp

struct Step {
  std::string name;
  Work work;
};
void* newGraph(std::vector<Step> steps);
std::string leakedGraphs();
void dropGraphs();

// ---- modules.cpp

std::string leakedModules();
void dropModules();

// The lock of all calls.
SHARED_WITH_LIBRARIES std::recursive_mutex& lock();
using Locked = std::lock_guard<std::recursive_mutex>;

}  // namespace emu

#define LOCKED emu::Locked locked(emu::lock())
#define REQUIRE_READY \
  LOCKED;             \
  if (int why = emu::ready()) return why
