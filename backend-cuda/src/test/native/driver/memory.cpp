// Device memory. Each block ends at an unmapped page, which stops kernels that read or write beyond
// it. The bytes before the block, and up to the page, are checked for writes. New memory is NaN.
// Addresses are never reused.
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "emu.h"

namespace emu {

namespace {

constexpr size_t PAGE = 4096, ALIGNMENT = 16, WATCHED = 64, ARENA = size_t(1) << 44;
// Of large blocks, only this many bytes at each end, to save time.
constexpr size_t LARGE = size_t(4) << 20, POISONED_ENDS = size_t(256) << 10;
constexpr int POISON = 0xFF, CANARY = 0xCD;

struct Block {
  size_t bytes;
  char* pages;
  size_t mapped;
};

std::map<uintptr_t, Block> live;
std::map<uintptr_t, size_t> freed;
std::map<uintptr_t, size_t> pinned;
size_t used;
char* arena;
size_t handedOut;

size_t roundUp(size_t value, size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

// The entry at or below the address, or end.
template <class Map>
typename Map::iterator below(Map& map, uintptr_t address) {
  auto next = map.upper_bound(address);
  return next == map.begin() ? map.end() : std::prev(next);
}

bool unchanged(const unsigned char* bytes, size_t count) {
  return std::all_of(bytes, bytes + count, [](unsigned char byte) { return byte == CANARY; });
}

bool unchangedAround(uintptr_t start, const Block& block) {
  auto* first = reinterpret_cast<const unsigned char*>(start);
  size_t slack = roundUp(block.bytes, ALIGNMENT) - block.bytes;
  return unchanged(first - WATCHED, WATCHED) && unchanged(first + block.bytes, slack);
}

void poison(char* start, size_t bytes) {
  if (bytes <= LARGE) {
    memset(start, POISON, bytes);
  } else {
    memset(start, POISON, POISONED_ENDS);
    memset(start + bytes - POISONED_ENDS, POISON, POISONED_ENDS);
  }
}

int allocate(uintptr_t* address, size_t bytes) {
  if (!arena) {
    void* reserved =
        mmap(nullptr, ARENA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED) return fault(OUT_OF_MEMORY, "the host cannot reserve addresses");
    arena = static_cast<char*>(reserved);
  }
  size_t body = roundUp(bytes, ALIGNMENT), mapped = roundUp(body + WATCHED, PAGE);
  if (handedOut + mapped + PAGE > ARENA)
    return fault(OUT_OF_MEMORY, "the emulator is out of addresses");
  char* pages = arena + handedOut;
  if (mprotect(pages, mapped, PROT_READ | PROT_WRITE))
    return fault(OUT_OF_MEMORY, "the host cannot map more blocks");
  handedOut += mapped + PAGE;
  char* start = pages + mapped - body;
  memset(start - WATCHED, CANARY, WATCHED);
  memset(start + bytes, CANARY, body - bytes);
  if (!setting("dry")) poison(start, bytes);
  *address = reinterpret_cast<uintptr_t>(start);
  live[*address] = {bytes, pages, mapped};
  used += bytes;
  return OK;
}

void unmap(const Block& block) {
  mprotect(block.pages, block.mapped, PROT_NONE);
  madvise(block.pages, block.mapped, MADV_DONTNEED);
}

bool insidePinned(const void* address, size_t bytes) {
  auto start = reinterpret_cast<uintptr_t>(address);
  auto entry = below(pinned, start);
  return entry != pinned.end() && start + bytes <= entry->first + entry->second;
}

int outside(const char* what, const void* address, size_t bytes) {
  return fault(INVALID_VALUE, std::string(what) + " of " + std::to_string(bytes) +
                                  " bytes is out of range: it starts " + whereabouts(address));
}

}  // namespace

bool inside(const void* address, size_t bytes) {
  auto start = reinterpret_cast<uintptr_t>(address);
  auto entry = below(live, start);
  return entry != live.end() && start + bytes <= entry->first + entry->second.bytes;
}

size_t restOfBlock(const void* address) {
  auto start = reinterpret_cast<uintptr_t>(address);
  auto entry = below(live, start);
  if (entry == live.end()) return 0;
  uintptr_t end = entry->first + entry->second.bytes;
  return end > start ? end - start : 0;
}

std::string whereabouts(const void* address) {
  auto at = reinterpret_cast<uintptr_t>(address);
  auto tell = [&](uintptr_t start, size_t bytes, const char* kind) {
    bool within = at < start + bytes;
    size_t distance = within ? at - start : at - start - bytes;
    return std::to_string(distance) + (within ? " bytes into a " : " bytes after a ") + kind +
           " of " + std::to_string(bytes) + " bytes";
  };
  auto entry = below(live, at);
  auto gone = below(freed, at);
  if (entry != live.end() && (gone == freed.end() || gone->first < entry->first))
    return tell(entry->first, entry->second.bytes, "block");
  if (gone != freed.end()) return tell(gone->first, gone->second, "freed block");
  char text[64];
  snprintf(text, sizeof text, "at 0x%zx, which is no device memory", size_t(at));
  return text;
}

bool intact(const void* address) {
  auto entry = below(live, reinterpret_cast<uintptr_t>(address));
  return entry == live.end() || unchangedAround(entry->first, entry->second);
}

std::string leakedMemory() {
  std::string text;
  if (!live.empty())
    text += std::to_string(live.size()) + " blocks of device memory, " + std::to_string(used) +
            " bytes\n";
  if (!pinned.empty()) text += std::to_string(pinned.size()) + " blocks of pinned memory\n";
  return text;
}

bool scarce() { return used + size_t(setting("scratch")) > size_t(setting("memory")); }

void dropMemory() {
  for (auto& entry : live) {
    unmap(entry.second);
    freed[entry.first] = entry.second.bytes;
  }
  for (auto& entry : pinned) munmap(reinterpret_cast<void*>(entry.first), entry.second);
  live.clear();
  pinned.clear();
  used = 0;
}

}  // namespace emu

using namespace emu;

API cuMemAlloc_v2(uintptr_t* address, size_t bytes) {
  REQUIRE_READY;
  if (threadCaptures())
    return fault(CAPTURE_UNSUPPORTED, "memory was allocated while a graph is captured");
  if (!bytes) return INVALID_VALUE;
  if (used + bytes > size_t(setting("memory"))) return OUT_OF_MEMORY;
  return allocate(address, bytes);
}

API cuMemFree_v2(uintptr_t address) {
  REQUIRE_READY;
  if (threadCaptures())
    return fault(CAPTURE_UNSUPPORTED, "memory was freed while a graph is captured");
  if (!address) return OK;
  auto entry = live.find(address);
  if (entry == live.end())
    return fault(INVALID_VALUE,
                 "free of an invalid address: " + whereabouts(reinterpret_cast<void*>(address)));
  size_t bytes = entry->second.bytes;
  int code = OK;
  if (!unchangedAround(address, entry->second))
    code = fault(ILLEGAL_ADDRESS, "something was written just outside a block of " +
                                      std::to_string(bytes) + " bytes");
  unmap(entry->second);
  used -= bytes;
  live.erase(entry);
  freed[address] = bytes;
  return code;
}

API cuMemGetInfo_v2(size_t* free, size_t* total) {
  REQUIRE_READY;
  *total = size_t(setting("memory"));
  *free = *total - std::min(*total, used);
  return OK;
}

API cuMemHostAlloc(void** address, size_t bytes, unsigned) {
  REQUIRE_READY;
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return OUT_OF_MEMORY;
  pinned[reinterpret_cast<uintptr_t>(pages)] = bytes;
  *address = pages;
  return OK;
}

API cuMemFreeHost(void* address) {
  REQUIRE_READY;
  auto entry = pinned.find(reinterpret_cast<uintptr_t>(address));
  if (entry == pinned.end()) return fault(INVALID_VALUE, "free of memory that is not pinned");
  munmap(address, entry->second);
  pinned.erase(entry);
  return OK;
}

namespace {

int uploadNow(void* target, const void* source, size_t bytes) {
  if (!inside(target, bytes)) return outside("upload", target, bytes);
  memcpy(target, source, bytes);
  return OK;
}

// Single numbers are 0, of which no check complains; arrays are 1/128 each, a distribution.
int pretend(void* target, size_t bytes) {
  memset(target, 0, bytes);
  if (bytes > 64) std::fill_n(static_cast<float*>(target), bytes / 4, 0.0078125f);
  return OK;
}

int downloadNow(void* target, const void* source, size_t bytes) {
  if (!inside(source, bytes)) return outside("download", source, bytes);
  memcpy(target, source, bytes);
  return OK;
}

int copyNow(void* target, const void* source, size_t bytes) {
  if (!inside(source, bytes)) return outside("copy", source, bytes);
  if (!inside(target, bytes)) return outside("copy", target, bytes);
  memmove(target, source, bytes);
  return OK;
}

// The range must be valid when the work is queued and when it runs.
int submitChecked(void* stream, const char* what, const void* address, size_t bytes, Work work) {
  if (!inside(address, bytes)) return outside(what, address, bytes);
  return submit(stream, what, std::move(work));
}

}  // namespace

API cuMemcpyHtoD_v2(void* target, const void* source, size_t bytes) {
  REQUIRE_READY;
  return uploadNow(target, source, bytes);
}

API cuMemcpyDtoH_v2(void* target, const void* source, size_t bytes) {
  REQUIRE_READY;
  return downloadNow(target, source, bytes);
}

API cuMemcpyHtoDAsync_v2(void* target, const void* source, size_t bytes, void* stream) {
  REQUIRE_READY;
  if (!insidePinned(source, bytes))
    return fault(INVALID_VALUE, "an asynchronous upload reads host memory that is not pinned");
  return submitChecked(stream, "upload", target, bytes, [=] {
    if (!insidePinned(source, bytes))
      return fault(ILLEGAL_ADDRESS, "an upload's host memory was freed before it ran");
    return uploadNow(target, source, bytes);
  });
}

API cuMemcpyDtoHAsync_v2(void* target, const void* source, size_t bytes, void* stream) {
  REQUIRE_READY;
  if (!insidePinned(target, bytes))
    return fault(INVALID_VALUE, "an asynchronous download writes host memory that is not pinned");
  // Exposes reads before the copy has run.
  if (!capturing(stream)) memset(target, POISON, bytes);
  return submitChecked(stream, "download", source, bytes, [=] {
    if (!insidePinned(target, bytes))
      return fault(ILLEGAL_ADDRESS, "a download's host memory was freed before it ran");
    if (setting("dry")) return pretend(target, bytes);
    return downloadNow(target, source, bytes);
  });
}

API cuMemcpyDtoDAsync_v2(void* target, const void* source, size_t bytes, void* stream) {
  REQUIRE_READY;
  if (!inside(source, bytes)) return outside("copy", source, bytes);
  return submitChecked(stream, "copy", target, bytes,
                       [=] { return copyNow(target, source, bytes); });
}

API cuMemsetD8Async(void* target, unsigned char value, size_t bytes, void* stream) {
  REQUIRE_READY;
  return submitChecked(stream, "fill", target, bytes, [=] {
    if (!inside(target, bytes)) return outside("fill", target, bytes);
    memset(target, value, bytes);
    return int(OK);
  });
}

API cuMemsetD32Async(void* target, unsigned value, size_t words, void* stream) {
  REQUIRE_READY;
  return submitChecked(stream, "fill", target, words * 4, [=] {
    if (!inside(target, words * 4)) return outside("fill", target, words * 4);
    std::fill_n(static_cast<unsigned*>(target), words, value);
    return int(OK);
  });
}
