package io.github.maskalign.cuda.binding;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the driver, each with the meaning and the status code of the one in NVIDIA's
 * documentation whose name it has after {@code cu}. Results are written to the arrays. Addresses of
 * the device are {@code long}.
 */
public interface DriverLibrary {

  // ---- without a device ----

  int driverGetVersion(int[] version);

  int init();

  /** The name of a code, such as CUDA_ERROR_NO_DEVICE; null if it is unknown. */
  @Nullable String errorName(int code);

  /** What a code means; null if it is unknown. */
  @Nullable String errorText(int code);

  int deviceGetCount(int[] count);

  int deviceGet(Handle[] device, int ordinal);

  int deviceGetName(byte[] name, Handle device);

  int deviceTotalMem(long[] bytes, Handle device);

  int deviceGetAttribute(int[] value, int attribute, Handle device);

  // ---- context ----

  int primaryCtxRetain(Handle[] context, Handle device);

  int primaryCtxRelease(Handle device);

  int ctxSetCurrent(Handle context);

  int ctxSynchronize();

  // ---- memory ----

  int memAlloc(long[] address, long bytes);

  int memFree(long address);

  int memGetInfo(long[] free, long[] total);

  /** Page-locked memory of the host. */
  int memHostAlloc(long[] address, long bytes);

  int memFreeHost(long address);

  int memcpyHtoDAsync(long target, MemorySegment pinned, Handle stream);

  int memcpyDtoHAsync(MemorySegment pinned, long source, Handle stream);

  int memcpyDtoDAsync(long target, long source, long bytes, Handle stream);

  int memsetD8Async(long target, byte value, long bytes, Handle stream);

  int memsetD32Async(long target, int value, long words, Handle stream);

  // ---- streams, events and graphs ----

  int streamCreate(Handle[] stream, int flags);

  int streamDestroy(Handle stream);

  int streamSynchronize(Handle stream);

  int streamQuery(Handle stream);

  int streamWaitEvent(Handle stream, Handle event);

  int streamBeginCapture(Handle stream, int mode);

  int streamEndCapture(Handle stream, Handle[] graph);

  int eventCreate(Handle[] event, int flags);

  int eventDestroy(Handle event);

  int eventRecord(Handle event, Handle stream);

  int eventSynchronize(Handle event);

  int eventQuery(Handle event);

  int graphInstantiate(Handle[] executable, Handle graph);

  int graphLaunch(Handle executable, Handle stream);

  int graphDestroy(Handle graph);

  int graphExecDestroy(Handle executable);

  // ---- kernels ----

  int moduleLoadData(Handle[] module, byte[] image);

  int moduleUnload(Handle module);

  int moduleGetFunction(Handle[] function, Handle module, String name);

  int funcSetAttribute(Handle function, int attribute, int value);

  /**
   * Launches a grid of one-dimensional blocks.
   *
   * @param parameters an array of pointers to the values
   */
  int launchKernel(
      Handle function,
      int x,
      int y,
      int z,
      int threads,
      int sharedBytes,
      Handle stream,
      MemorySegment parameters);
}
