package io.github.maskalign.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.cudaStream_t;

/**
 * A queue of asynchronous work. Work on one stream runs in order; an {@link Event} orders streams.
 */
public final class Stream implements AutoCloseable {

  private static final int NON_BLOCKING = 1;

  private final Device device;
  private final CUstream stream = new CUstream();
  private final AtomicLong queued = new AtomicLong();
  private volatile String latest = "nothing";

  Stream(Device device) {
    this.device = device;
    device.makeCurrent();
    Status.driver(JCudaDriver.cuStreamCreate(stream, NON_BLOCKING), "cuStreamCreate");
  }

  /** The device. */
  public Device device() {
    return device;
  }

  /** Number of operations queued so far: kernels, products, copies, fills and graphs. */
  public long queued() {
    return queued.get();
  }

  /** Queues a copy from pinned host memory, which is read when the copy runs. */
  public void upload(long target, MemorySegment pinned) {
    enqueue("upload");
    long bytes = pinned.byteSize();
    Status.driver(
        JCudaDriver.cuMemcpyHtoDAsync(
            new Address(target), new Address(pinned.address()), bytes, stream),
        () -> "upload of " + bytes + " bytes to " + hex(target));
  }

  /** Queues a copy to pinned host memory, valid when the copy has run. */
  public void download(long source, MemorySegment pinned) {
    enqueue("download");
    long bytes = pinned.byteSize();
    Status.driver(
        JCudaDriver.cuMemcpyDtoHAsync(
            new Address(pinned.address()), new Address(source), bytes, stream),
        () -> "download of " + bytes + " bytes from " + hex(source));
  }

  /** Queues a copy within the device. */
  public void copy(long source, long target, long bytes) {
    enqueue("copy");
    Status.driver(
        JCudaDriver.cuMemcpyDtoDAsync(new Address(target), new Address(source), bytes, stream),
        () -> "copy of " + bytes + " bytes from " + hex(source) + " to " + hex(target));
  }

  /** Queues a fill of bytes. */
  public void fill8(long target, byte value, long bytes) {
    enqueue("fill");
    Status.driver(
        JCudaDriver.cuMemsetD8Async(new Address(target), value, bytes, stream),
        () -> "fill of " + bytes + " bytes at " + hex(target));
  }

  /** Queues a fill of 32-bit words. */
  public void fill32(long target, int value, long words) {
    enqueue("fill");
    Status.driver(
        JCudaDriver.cuMemsetD32Async(new Address(target), value, words, stream),
        () -> "fill of " + words + " words at " + hex(target));
  }

  /** Records an event after all work queued so far. */
  public void record(Event event) {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuEventRecord(event.handle(), stream), "cuEventRecord");
  }

  /** Makes work queued later wait for an event. */
  public void await(Event event) {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuStreamWaitEvent(stream, event.handle(), 0), "cuStreamWaitEvent");
  }

  /** Waits for all queued work. */
  public void synchronize() {
    device.makeCurrent();
    Status.driver(
        JCudaDriver.cuStreamSynchronize(stream),
        () -> "waiting for a stream whose latest operation was " + latest);
  }

  /** Whether all queued work is complete. */
  public boolean isDone() {
    device.makeCurrent();
    int code = JCudaDriver.cuStreamQuery(stream);
    if (code == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    Status.driver(code, () -> "querying a stream whose latest operation was " + latest);
    return true;
  }

  /**
   * Captures the work that the body queues on this stream, without running it, to replay any number
   * of times on the same addresses. The body must not allocate device memory, wait, or use other
   * streams.
   */
  public Graph capture(Runnable body) {
    device.makeCurrent();
    Status.driver(
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
    CUgraph captured = new CUgraph();
    boolean complete = false;
    try {
      body.run();
      complete = true;
    } finally {
      device.makeCurrent();
      int code = JCudaDriver.cuStreamEndCapture(stream, captured);
      if (complete) {
        Status.driver(code, "capturing a graph");
      } else if (code == CUresult.CUDA_SUCCESS) {
        JCudaDriver.cuGraphDestroy(captured);
      }
    }
    return new Graph(device, captured);
  }

  @Override
  public void close() {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
  }

  /** Called before queueing: names the operation for later errors and makes the device current. */
  void enqueue(String operation) {
    queued.incrementAndGet();
    latest = operation;
    device.makeCurrent();
  }

  CUstream handle() {
    return stream;
  }

  /** The handle for cuBLAS and cuDNN. */
  cudaStream_t runtimeHandle() {
    return new cudaStream_t(stream);
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
