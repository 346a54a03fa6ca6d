package io.github.maskalign.cuda.binding.foreign;

import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.BYTE;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.INT;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.LONG;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.POINTER;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.call;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.computed;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.created;

import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The driver by {@code java.lang.foreign}. */
final class ForeignDriver implements DriverLibrary {

  private final MethodHandle driverGetVersion;
  private final MethodHandle init;
  private final MethodHandle errorName;
  private final MethodHandle errorText;
  private final MethodHandle deviceGetCount;
  private final MethodHandle deviceGet;
  private final MethodHandle deviceGetName;
  private final MethodHandle deviceTotalMem;
  private final MethodHandle deviceGetAttribute;
  private final MethodHandle primaryCtxRetain;
  private final MethodHandle primaryCtxRelease;
  private final MethodHandle ctxSetCurrent;
  private final MethodHandle ctxSynchronize;
  private final MethodHandle memAlloc;
  private final MethodHandle memFree;
  private final MethodHandle memGetInfo;
  private final MethodHandle memHostAlloc;
  private final MethodHandle memFreeHost;
  private final MethodHandle memcpyHtoDAsync;
  private final MethodHandle memcpyDtoHAsync;
  private final MethodHandle memcpyDtoDAsync;
  private final MethodHandle memsetD8Async;
  private final MethodHandle memsetD32Async;
  private final MethodHandle streamCreate;
  private final MethodHandle streamDestroy;
  private final MethodHandle streamSynchronize;
  private final MethodHandle streamQuery;
  private final MethodHandle streamWaitEvent;
  private final MethodHandle streamBeginCapture;
  private final MethodHandle streamEndCapture;
  private final MethodHandle eventCreate;
  private final MethodHandle eventDestroy;
  private final MethodHandle eventRecord;
  private final MethodHandle eventSynchronize;
  private final MethodHandle eventQuery;
  private final MethodHandle graphInstantiate;
  private final MethodHandle graphLaunch;
  private final MethodHandle graphDestroy;
  private final MethodHandle graphExecDestroy;
  private final MethodHandle moduleLoadData;
  private final MethodHandle moduleUnload;
  private final MethodHandle moduleGetFunction;
  private final MethodHandle funcSetAttribute;
  private final MethodHandle launchKernel;

  ForeignDriver(NativeFunctions library) {
    driverGetVersion = library.function("cuDriverGetVersion", POINTER);
    init = library.function("cuInit", INT);
    errorName = library.function("cuGetErrorName", INT, POINTER);
    errorText = library.function("cuGetErrorString", INT, POINTER);
    deviceGetCount = library.function("cuDeviceGetCount", POINTER);
    deviceGet = library.function("cuDeviceGet", POINTER, INT);
    deviceGetName = library.function("cuDeviceGetName", POINTER, INT, INT);
    deviceTotalMem = library.function("cuDeviceTotalMem_v2", POINTER, INT);
    deviceGetAttribute = library.function("cuDeviceGetAttribute", POINTER, INT, INT);
    primaryCtxRetain = library.function("cuDevicePrimaryCtxRetain", POINTER, INT);
    primaryCtxRelease = library.function("cuDevicePrimaryCtxRelease_v2", INT);
    ctxSetCurrent = library.function("cuCtxSetCurrent", POINTER);
    ctxSynchronize = library.function("cuCtxSynchronize");
    memAlloc = library.function("cuMemAlloc_v2", POINTER, LONG);
    memFree = library.function("cuMemFree_v2", LONG);
    memGetInfo = library.function("cuMemGetInfo_v2", POINTER, POINTER);
    memHostAlloc = library.function("cuMemHostAlloc", POINTER, LONG, INT);
    memFreeHost = library.function("cuMemFreeHost", POINTER);
    memcpyHtoDAsync = library.function("cuMemcpyHtoDAsync_v2", LONG, POINTER, LONG, POINTER);
    memcpyDtoHAsync = library.function("cuMemcpyDtoHAsync_v2", POINTER, LONG, LONG, POINTER);
    memcpyDtoDAsync = library.function("cuMemcpyDtoDAsync_v2", LONG, LONG, LONG, POINTER);
    memsetD8Async = library.function("cuMemsetD8Async", LONG, BYTE, LONG, POINTER);
    memsetD32Async = library.function("cuMemsetD32Async", LONG, INT, LONG, POINTER);
    streamCreate = library.function("cuStreamCreate", POINTER, INT);
    streamDestroy = library.function("cuStreamDestroy_v2", POINTER);
    streamSynchronize = library.function("cuStreamSynchronize", POINTER);
    streamQuery = library.function("cuStreamQuery", POINTER);
    streamWaitEvent = library.function("cuStreamWaitEvent", POINTER, POINTER, INT);
    streamBeginCapture = library.function("cuStreamBeginCapture_v2", POINTER, INT);
    streamEndCapture = library.function("cuStreamEndCapture", POINTER, POINTER);
    eventCreate = library.function("cuEventCreate", POINTER, INT);
    eventDestroy = library.function("cuEventDestroy_v2", POINTER);
    eventRecord = library.function("cuEventRecord", POINTER, POINTER);
    eventSynchronize = library.function("cuEventSynchronize", POINTER);
    eventQuery = library.function("cuEventQuery", POINTER);
    graphInstantiate = library.function("cuGraphInstantiateWithFlags", POINTER, POINTER, LONG);
    graphLaunch = library.function("cuGraphLaunch", POINTER, POINTER);
    graphDestroy = library.function("cuGraphDestroy", POINTER);
    graphExecDestroy = library.function("cuGraphExecDestroy", POINTER);
    moduleLoadData = library.function("cuModuleLoadData", POINTER, POINTER);
    moduleUnload = library.function("cuModuleUnload", POINTER);
    moduleGetFunction = library.function("cuModuleGetFunction", POINTER, POINTER, POINTER);
    funcSetAttribute = library.function("cuFuncSetAttribute", POINTER, INT, INT);
    launchKernel =
        library.function(
            "cuLaunchKernel",
            POINTER,
            INT,
            INT,
            INT,
            INT,
            INT,
            INT,
            INT,
            POINTER,
            POINTER,
            POINTER);
  }

  @Override
  public int driverGetVersion(int[] version) {
    return computed(version, at -> call(driverGetVersion, at));
  }

  @Override
  public int init() {
    return call(init, 0);
  }

  @Override
  public @Nullable String errorName(int code) {
    return text(errorName, code);
  }

  @Override
  public @Nullable String errorText(int code) {
    return text(errorText, code);
  }

  private static @Nullable String text(MethodHandle function, int code) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(POINTER);
      boolean known = call(function, code, text.address()) == 0;
      return known ? NativeFunctions.textAt(text.get(POINTER, 0)) : null;
    }
  }

  @Override
  public int deviceGetCount(int[] count) {
    return computed(count, at -> call(deviceGetCount, at));
  }

  @Override
  public int deviceGet(Handle[] device, int ordinal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment number = arena.allocate(INT);
      int code = call(deviceGet, number.address(), ordinal);
      device[0] = new Pointer(number.get(INT, 0));
      return code;
    }
  }

  private static int device(Handle device) {
    return (int) Pointer.of(device);
  }

  @Override
  public int deviceGetName(byte[] name, Handle device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(name.length);
      int code = call(deviceGetName, text.address(), name.length, device(device));
      MemorySegment.ofArray(name).copyFrom(text);
      return code;
    }
  }

  @Override
  public int deviceTotalMem(long[] bytes, Handle device) {
    return computed(bytes, at -> call(deviceTotalMem, at, device(device)));
  }

  @Override
  public int deviceGetAttribute(int[] value, int attribute, Handle device) {
    return computed(value, at -> call(deviceGetAttribute, at, attribute, device(device)));
  }

  @Override
  public int primaryCtxRetain(Handle[] context, Handle device) {
    return created(context, at -> call(primaryCtxRetain, at, device(device)));
  }

  @Override
  public int primaryCtxRelease(Handle device) {
    return call(primaryCtxRelease, device(device));
  }

  @Override
  public int ctxSetCurrent(Handle context) {
    return call(ctxSetCurrent, Pointer.of(context));
  }

  @Override
  public int ctxSynchronize() {
    return call(ctxSynchronize);
  }

  @Override
  public int memAlloc(long[] address, long bytes) {
    return computed(address, at -> call(memAlloc, at, bytes));
  }

  @Override
  public int memFree(long address) {
    return call(memFree, address);
  }

  @Override
  public int memGetInfo(long[] free, long[] total) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(LONG, 2);
      int code = call(memGetInfo, both.address(), both.address() + LONG.byteSize());
      free[0] = both.getAtIndex(LONG, 0);
      total[0] = both.getAtIndex(LONG, 1);
      return code;
    }
  }

  @Override
  public int memHostAlloc(long[] address, long bytes) {
    return computed(address, at -> call(memHostAlloc, at, bytes, 0));
  }

  @Override
  public int memFreeHost(long address) {
    return call(memFreeHost, address);
  }

  @Override
  public int memcpyHtoDAsync(long target, MemorySegment pinned, Handle stream) {
    return call(memcpyHtoDAsync, target, pinned.address(), pinned.byteSize(), Pointer.of(stream));
  }

  @Override
  public int memcpyDtoHAsync(MemorySegment pinned, long source, Handle stream) {
    return call(memcpyDtoHAsync, pinned.address(), source, pinned.byteSize(), Pointer.of(stream));
  }

  @Override
  public int memcpyDtoDAsync(long target, long source, long bytes, Handle stream) {
    return call(memcpyDtoDAsync, target, source, bytes, Pointer.of(stream));
  }

  @Override
  public int memsetD8Async(long target, byte value, long bytes, Handle stream) {
    return call(memsetD8Async, target, value, bytes, Pointer.of(stream));
  }

  @Override
  public int memsetD32Async(long target, int value, long words, Handle stream) {
    return call(memsetD32Async, target, value, words, Pointer.of(stream));
  }

  @Override
  public int streamCreate(Handle[] stream, int flags) {
    return created(stream, at -> call(streamCreate, at, flags));
  }

  @Override
  public int streamDestroy(Handle stream) {
    return call(streamDestroy, Pointer.of(stream));
  }

  @Override
  public int streamSynchronize(Handle stream) {
    return call(streamSynchronize, Pointer.of(stream));
  }

  @Override
  public int streamQuery(Handle stream) {
    return call(streamQuery, Pointer.of(stream));
  }

  @Override
  public int streamWaitEvent(Handle stream, Handle event) {
    return call(streamWaitEvent, Pointer.of(stream), Pointer.of(event), 0);
  }

  @Override
  public int streamBeginCapture(Handle stream, int mode) {
    return call(streamBeginCapture, Pointer.of(stream), mode);
  }

  @Override
  public int streamEndCapture(Handle stream, Handle[] graph) {
    return created(graph, at -> call(streamEndCapture, Pointer.of(stream), at));
  }

  @Override
  public int eventCreate(Handle[] event, int flags) {
    return created(event, at -> call(eventCreate, at, flags));
  }

  @Override
  public int eventDestroy(Handle event) {
    return call(eventDestroy, Pointer.of(event));
  }

  @Override
  public int eventRecord(Handle event, Handle stream) {
    return call(eventRecord, Pointer.of(event), Pointer.of(stream));
  }

  @Override
  public int eventSynchronize(Handle event) {
    return call(eventSynchronize, Pointer.of(event));
  }

  @Override
  public int eventQuery(Handle event) {
    return call(eventQuery, Pointer.of(event));
  }

  @Override
  public int graphInstantiate(Handle[] executable, Handle graph) {
    return created(executable, at -> call(graphInstantiate, at, Pointer.of(graph), 0L));
  }

  @Override
  public int graphLaunch(Handle executable, Handle stream) {
    return call(graphLaunch, Pointer.of(executable), Pointer.of(stream));
  }

  @Override
  public int graphDestroy(Handle graph) {
    return call(graphDestroy, Pointer.of(graph));
  }

  @Override
  public int graphExecDestroy(Handle executable) {
    return call(graphExecDestroy, Pointer.of(executable));
  }

  @Override
  public int moduleLoadData(Handle[] module, byte[] image) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment created = arena.allocate(POINTER);
      MemorySegment bytes = arena.allocate(image.length, Long.BYTES);
      bytes.copyFrom(MemorySegment.ofArray(image));
      int code = call(moduleLoadData, created.address(), bytes.address());
      module[0] = new Pointer(created.get(POINTER, 0));
      return code;
    }
  }

  @Override
  public int moduleUnload(Handle module) {
    return call(moduleUnload, Pointer.of(module));
  }

  @Override
  public int moduleGetFunction(Handle[] function, Handle module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment created = arena.allocate(POINTER);
      long text = arena.allocateFrom(name).address();
      int code = call(moduleGetFunction, created.address(), Pointer.of(module), text);
      function[0] = new Pointer(created.get(POINTER, 0));
      return code;
    }
  }

  @Override
  public int funcSetAttribute(Handle function, int attribute, int value) {
    return call(funcSetAttribute, Pointer.of(function), attribute, value);
  }

  @Override
  public int launchKernel(
      Handle function,
      int x,
      int y,
      int z,
      int threads,
      int sharedBytes,
      Handle stream,
      MemorySegment parameters) {
    try {
      return (int)
          launchKernel.invokeExact(
              Pointer.of(function),
              x,
              y,
              z,
              threads,
              1,
              1,
              sharedBytes,
              Pointer.of(stream),
              parameters.address(),
              0L);
    } catch (Throwable e) {
      throw NativeFunctions.unexpected(e);
    }
  }
}
