package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/** The driver by JCuda. */
final class JCudaDriverLibrary implements DriverLibrary {

  static {
    JCudaNatives.initialize(JCudaDriver.class, "JCudaDriver");
  }

  private static CUdevice device(Handle handle) {
    return JCudaHandle.of(CUdevice.class, handle);
  }

  private static CUstream stream(Handle handle) {
    return JCudaHandle.of(CUstream.class, handle);
  }

  private static CUevent event(Handle handle) {
    return JCudaHandle.of(CUevent.class, handle);
  }

  private static CUgraph graph(Handle handle) {
    return JCudaHandle.of(CUgraph.class, handle);
  }

  private static CUgraphExec executable(Handle handle) {
    return JCudaHandle.of(CUgraphExec.class, handle);
  }

  private static CUmodule module(Handle handle) {
    return JCudaHandle.of(CUmodule.class, handle);
  }

  private static CUfunction function(Handle handle) {
    return JCudaHandle.of(CUfunction.class, handle);
  }

  @Override
  public int driverGetVersion(int[] version) {
    return JCudaDriver.cuDriverGetVersion(version);
  }

  @Override
  public int init() {
    return JCudaDriver.cuInit(0);
  }

  @Override
  public @Nullable String errorName(int code) {
    String[] name = new String[1];
    JCudaDriver.cuGetErrorName(code, name);
    return name[0];
  }

  @Override
  public @Nullable String errorText(int code) {
    String[] text = new String[1];
    JCudaDriver.cuGetErrorString(code, text);
    return text[0];
  }

  @Override
  public int deviceGetCount(int[] count) {
    return JCudaDriver.cuDeviceGetCount(count);
  }

  @Override
  public int deviceGet(Handle[] device, int ordinal) {
    CUdevice created = new CUdevice();
    device[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuDeviceGet(created, ordinal);
  }

  @Override
  public int deviceGetName(byte[] name, Handle device) {
    return JCudaDriver.cuDeviceGetName(name, name.length, device(device));
  }

  @Override
  public int deviceTotalMem(long[] bytes, Handle device) {
    return JCudaDriver.cuDeviceTotalMem(bytes, device(device));
  }

  @Override
  public int deviceGetAttribute(int[] value, int attribute, Handle device) {
    return JCudaDriver.cuDeviceGetAttribute(value, attribute, device(device));
  }

  @Override
  public int primaryCtxRetain(Handle[] context, Handle device) {
    CUcontext created = new CUcontext();
    context[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuDevicePrimaryCtxRetain(created, device(device));
  }

  @Override
  public int primaryCtxRelease(Handle device) {
    return JCudaDriver.cuDevicePrimaryCtxRelease(device(device));
  }

  @Override
  public int ctxSetCurrent(Handle context) {
    return JCudaDriver.cuCtxSetCurrent(JCudaHandle.of(CUcontext.class, context));
  }

  @Override
  public int ctxSynchronize() {
    return JCudaDriver.cuCtxSynchronize();
  }

  @Override
  public int memAlloc(long[] address, long bytes) {
    Address created = new Address();
    int code = JCudaDriver.cuMemAlloc(created, bytes);
    address[0] = created.value();
    return code;
  }

  @Override
  public int memFree(long address) {
    return JCudaDriver.cuMemFree(new Address(address));
  }

  @Override
  public int memGetInfo(long[] free, long[] total) {
    return JCudaDriver.cuMemGetInfo(free, total);
  }

  @Override
  public int memHostAlloc(long[] address, long bytes) {
    Address created = new Address();
    int code = JCudaDriver.cuMemHostAlloc(created, bytes, 0);
    address[0] = created.value();
    return code;
  }

  @Override
  public int memFreeHost(long address) {
    return JCudaDriver.cuMemFreeHost(new Address(address));
  }

  @Override
  public int memcpyHtoDAsync(long target, MemorySegment pinned, Handle stream) {
    return JCudaDriver.cuMemcpyHtoDAsync(
        new Address(target), new Address(pinned.address()), pinned.byteSize(), stream(stream));
  }

  @Override
  public int memcpyDtoHAsync(MemorySegment pinned, long source, Handle stream) {
    return JCudaDriver.cuMemcpyDtoHAsync(
        new Address(pinned.address()), new Address(source), pinned.byteSize(), stream(stream));
  }

  @Override
  public int memcpyDtoDAsync(long target, long source, long bytes, Handle stream) {
    return JCudaDriver.cuMemcpyDtoDAsync(
        new Address(target), new Address(source), bytes, stream(stream));
  }

  @Override
  public int memsetD8Async(long target, byte value, long bytes, Handle stream) {
    return JCudaDriver.cuMemsetD8Async(new Address(target), value, bytes, stream(stream));
  }

  @Override
  public int memsetD32Async(long target, int value, long words, Handle stream) {
    return JCudaDriver.cuMemsetD32Async(new Address(target), value, words, stream(stream));
  }

  @Override
  public int streamCreate(Handle[] stream, int flags) {
    CUstream created = new CUstream();
    stream[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuStreamCreate(created, flags);
  }

  @Override
  public int streamDestroy(Handle stream) {
    return JCudaDriver.cuStreamDestroy(stream(stream));
  }

  @Override
  public int streamSynchronize(Handle stream) {
    return JCudaDriver.cuStreamSynchronize(stream(stream));
  }

  @Override
  public int streamQuery(Handle stream) {
    return JCudaDriver.cuStreamQuery(stream(stream));
  }

  @Override
  public int streamWaitEvent(Handle stream, Handle event) {
    return JCudaDriver.cuStreamWaitEvent(stream(stream), event(event), 0);
  }

  @Override
  public int streamBeginCapture(Handle stream, int mode) {
    return JCudaDriver.cuStreamBeginCapture(stream(stream), mode);
  }

  @Override
  public int streamEndCapture(Handle stream, Handle[] graph) {
    CUgraph created = new CUgraph();
    graph[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuStreamEndCapture(stream(stream), created);
  }

  @Override
  public int eventCreate(Handle[] event, int flags) {
    CUevent created = new CUevent();
    event[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuEventCreate(created, flags);
  }

  @Override
  public int eventDestroy(Handle event) {
    return JCudaDriver.cuEventDestroy(event(event));
  }

  @Override
  public int eventRecord(Handle event, Handle stream) {
    return JCudaDriver.cuEventRecord(event(event), stream(stream));
  }

  @Override
  public int eventSynchronize(Handle event) {
    return JCudaDriver.cuEventSynchronize(event(event));
  }

  @Override
  public int eventQuery(Handle event) {
    return JCudaDriver.cuEventQuery(event(event));
  }

  @Override
  public int graphInstantiate(Handle[] executable, Handle graph) {
    CUgraphExec created = new CUgraphExec();
    executable[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuGraphInstantiate(created, graph(graph), 0);
  }

  @Override
  public int graphLaunch(Handle executable, Handle stream) {
    return JCudaDriver.cuGraphLaunch(executable(executable), stream(stream));
  }

  @Override
  public int graphDestroy(Handle graph) {
    return JCudaDriver.cuGraphDestroy(graph(graph));
  }

  @Override
  public int graphExecDestroy(Handle executable) {
    return JCudaDriver.cuGraphExecDestroy(executable(executable));
  }

  @Override
  public int moduleLoadData(Handle[] module, byte[] image) {
    CUmodule created = new CUmodule();
    module[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuModuleLoadData(created, image);
  }

  @Override
  public int moduleUnload(Handle module) {
    return JCudaDriver.cuModuleUnload(module(module));
  }

  @Override
  public int moduleGetFunction(Handle[] function, Handle module, String name) {
    CUfunction created = new CUfunction();
    function[0] = new JCudaHandle<>(created);
    return JCudaDriver.cuModuleGetFunction(created, module(module), name);
  }

  @Override
  public int funcSetAttribute(Handle function, int attribute, int value) {
    return JCudaDriver.cuFuncSetAttribute(function(function), attribute, value);
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
    return JCudaDriver.cuLaunchKernel(
        function(function),
        x,
        y,
        z,
        threads,
        1,
        1,
        sharedBytes,
        stream(stream),
        new Address(parameters.address()),
        null);
  }
}
