// Initialization, the device, and the current context of each thread.
#include <cstdio>
#include <cstring>

#include "emu.h"

namespace emu {

namespace {

// The handle of the only context; any address would do.
char context;

bool started;
int retained;
thread_local bool current;

}  // namespace

int ready() {
  if (!started) return NOT_INITIALIZED;
  if (!current || !retained) return fault(INVALID_CONTEXT, "this thread has no current context");
  return lost();
}

}  // namespace emu

using namespace emu;

API cuDriverGetVersion(int* version) {
  LOCKED;
  *version = int(setting("driver"));
  return OK;
}

API cuInit(unsigned) {
  LOCKED;
  if (!setting("devices")) return NO_DEVICE;
  started = true;
  return OK;
}

API cuDeviceGetCount(int* count) {
  LOCKED;
  if (!started) return NOT_INITIALIZED;
  *count = int(setting("devices"));
  return OK;
}

API cuDeviceGet(int* device, int ordinal) {
  LOCKED;
  if (!started) return NOT_INITIALIZED;
  if (ordinal < 0 || ordinal >= setting("devices")) return INVALID_DEVICE;
  *device = ordinal;
  return OK;
}

API cuDeviceGetName(char* name, int length, int) {
  snprintf(name, size_t(length), "emulated GPU (tests only)");
  return OK;
}

API cuDeviceTotalMem_v2(size_t* bytes, int) {
  LOCKED;
  *bytes = size_t(setting("memory"));
  return OK;
}

API cuDeviceGetAttribute(int* value, int attribute, int) {
  LOCKED;
  switch (attribute) {
    case 1: *value = 1024; return OK;   // threads of a block
    case 8: *value = 49152; return OK;  // shared memory of a block
    case 10: *value = 32; return OK;    // warp
    case 75: *value = int(setting("capability") / 10); return OK;
    case 76: *value = int(setting("capability") % 10); return OK;
    case 97: *value = 232448; return OK;  // maximum shared memory of a block
    default:
      return fault(NOT_SUPPORTED,
                   "device attribute " + std::to_string(attribute) + " is not emulated");
  }
}

API cuDevicePrimaryCtxRetain(void** handle, int) {
  LOCKED;
  if (!started) return NOT_INITIALIZED;
  retained++;
  *handle = &context;
  return OK;
}

API cuDevicePrimaryCtxRelease_v2(int) {
  LOCKED;
  if (!retained) return INVALID_CONTEXT;
  if (--retained) return OK;
  forgetQueues();
  return OK;
}

API cuCtxSetCurrent(void* handle) {
  if (handle && handle != &context) return INVALID_CONTEXT;
  current = handle != nullptr;
  return OK;
}

API cuCtxGetCurrent(void** handle) {
  *handle = current ? &context : nullptr;
  return OK;
}

namespace {

struct ErrorName {
  int code;
  const char* name;
  const char* text;
};

const ErrorName NAMES[] = {
    {OK, "CUDA_SUCCESS", "no error"},
    {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
    {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
     "operation not permitted when stream is capturing"},
};

}  // namespace

API cuGetErrorName(int code, const char** name) {
  for (auto& each : NAMES)
    if (each.code == code) return *name = each.name, OK;
  return INVALID_VALUE;
}

API cuGetErrorString(int code, const char** text) {
  for (auto& each : NAMES)
    if (each.code == code) return *text = each.text, OK;
  return INVALID_VALUE;
}
