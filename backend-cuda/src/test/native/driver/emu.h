// What the files of the emulated driver share. One lock guards everything but running kernels.
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

// As cuda.h numbers them.
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

// ---- settings.cpp: what a test may turn, and what went wrong

// The environment variable CUDA_EMU_KEY, or what a test set since.
long long setting(const char* key);
void set(const char* key, long long value);

// Says it aloud, keeps the first text for the test, and returns the code.
SHARED_WITH_LIBRARIES int fault(int code, const std::string& text);

// The first fault of queued work: from then on, every call answers with it.
int lost();
void lose(int code);

// ---- device.cpp

// Zero, or why no call can be served: not initialised, no context in this thread, or lost().
SHARED_WITH_LIBRARIES int ready();

// ---- memory.cpp: device memory with an unmapped page behind every block; callers hold the lock

// The range lies inside one live block.
SHARED_WITH_LIBRARIES bool inside(const void* address, size_t bytes);
// Where an address lies, in words.
SHARED_WITH_LIBRARIES std::string whereabouts(const void* address);
// Nothing was written just before or behind the block that holds the address.
bool intact(const void* address);
std::string leakedMemory();
void dropMemory();

// ---- streams.cpp: queues of work that run late and in any order that is allowed

using Work = std::function<int()>;

// Queues work, or notes it while the stream is captured. A null stream runs at once.
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
