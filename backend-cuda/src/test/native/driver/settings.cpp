// Settings and faults, for tests: from the environment or through the emu_ functions.
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "emu.h"

namespace emu {

namespace {

std::map<std::string, long long>& values() {
  static std::map<std::string, long long> all{
      {"memory", 8LL << 30},  // bytes of device memory
      {"devices", 1},         // 0: no device
      {"driver", 12060},      // CUDA version of the driver
      {"capability", 90},     // compute capability
      {"seed", 1},            // order of work between streams; 0 runs work when it is queued
      {"reverse", 0},         // 1 runs the threads of a block from last to first
      {"threads", 2},         // host threads that run blocks
      {"quiet", 0},           // 1 does not print faults
      {"launches", 0},        // number of launched kernels
      {"scratch", 0},         // bytes of device memory that a launch or a product needs
      {"dry", 0},             // 1 counts work in place of running it
  };
  return all;
}

struct Amount {
  long long launches = 0, bytes = 0;
};

std::map<std::string, Amount> work;
std::string firstFault;
int lostCode;

std::string variable(const std::string& key) {
  std::string name = "CUDA_EMU_";
  for (char c : key) name += char(toupper(c));
  return name;
}

}  // namespace

std::recursive_mutex& lock() {
  static std::recursive_mutex mutex;
  return mutex;
}

long long setting(const char* key) {
  static bool read = false;
  if (!read) {
    read = true;
    for (auto& entry : values())
      if (const char* text = getenv(variable(entry.first).c_str())) entry.second = atoll(text);
  }
  return values().at(key);
}

void set(const char* key, long long value) {
  setting(key);
  values().at(key) = value;
}

int fault(int code, const std::string& text) {
  LOCKED;
  if (firstFault.empty()) {
    if (!setting("quiet")) fprintf(stderr, "cuda-emulator: %s\n", text.c_str());
    firstFault = text;
  }
  return code;
}

void count(const std::string& name, long long bytes) {
  Amount& amount = work[name];
  amount.launches++;
  amount.bytes += bytes;
}

int lost() { return lostCode; }

void lose(int code) {
  if (!lostCode) lostCode = code;
}

}  // namespace emu

extern "C" {

SHARED_WITH_LIBRARIES void emu_forget();

SHARED_WITH_LIBRARIES void emu_set(const char* key, long long value) {
  LOCKED;
  emu::set(key, value);
}

SHARED_WITH_LIBRARIES long long emu_get(const char* key) {
  LOCKED;
  return emu::setting(key);
}

// The first fault since emu_forget, the cause of all others, or an empty text.
SHARED_WITH_LIBRARIES const char* emu_fault() {
  LOCKED;
  return emu::firstFault.c_str();
}

// What is still allocated, one line per kind, or an empty text.
SHARED_WITH_LIBRARIES const char* emu_leaks() {
  LOCKED;
  static std::string text;
  text = emu::leakedMemory() + emu::leakedStreams() + emu::leakedGraphs() + emu::leakedModules();
  return text.c_str();
}

// What was launched since emu_forget_work: lines of a name, the number of launches, and the bytes of
// their operands.
SHARED_WITH_LIBRARIES const char* emu_work() {
  LOCKED;
  static std::string text;
  text.clear();
  for (auto& entry : emu::work)
    text += entry.first + " " + std::to_string(entry.second.launches) + " " +
            std::to_string(entry.second.bytes) + "\n";
  return text.c_str();
}

SHARED_WITH_LIBRARIES void emu_forget_work() {
  LOCKED;
  emu::work.clear();
}

// Called instead of every function that is not emulated.
SHARED_WITH_LIBRARIES int emu_missing(const char* name, int status) {
  return emu::fault(status, std::string(name) + " is not emulated");
}

// Resets everything, so that a failed test does not affect the next.
SHARED_WITH_LIBRARIES void emu_renew() {
  LOCKED;
  emu_forget();
  emu::dropStreams();
  emu::dropGraphs();
  emu::dropModules();
  emu::dropMemory();
}

// Makes the device usable after a planted fault, and drops queued work.
SHARED_WITH_LIBRARIES void emu_forget() {
  LOCKED;
  emu::firstFault.clear();
  emu::lostCode = 0;
  emu::forgetQueues();
}

}  // extern "C"
