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
 * A queue of work. Everything queued here runs in order, at some later time, and independent of
 * other streams unless an {@link Event} orders them.
 */
public final class Stream implements AutoCloseable {

  private static final int NON_BLOCKING = 1;

  private final Device device;
  private final CUstream stream = new CUstream();
  private final AtomicLong queued = new AtomicLong();
  private volatile String latest = "nothing";

  Stream(Device device) {
    this.device = device;
    device.enter();
    Status.driver(JCudaDriver.cuStreamCreate(stream, NON_BLOCKING), "cuStreamCreate");
  }

  /** Where it runs. */
  public Device device() {
    return device;
  }

  /** How many operations were queued so far: kernels, products, copies, fills, whole graphs. */
  public long queued() {
    return queued.get();
  }

  /** Queues a copy from pinned host memory; the source is read when the copy runs. */
  public void upload(long target, MemorySegment pinned) {
    queue("upload");
    long bytes = pinned.byteSize();
    Status.driver(
        JCudaDriver.cuMemcpyHtoDAsync(
            new Address(target), new Address(pinned.address()), bytes, stream),
        () -> "upload of " + bytes + " bytes to " + hex(target));
  }

  /** Queues a copy into pinned host memory, to be read when the stream got there. */
  public void download(long source, MemorySegment pinned) {
    queue("download");
    long bytes = pinned.byteSize();
    Status.driver(
        JCudaDriver.cuMemcpyDtoHAsync(
            new Address(pinned.address()), new Address(source), bytes, stream),
        () -> "download of " + bytes + " bytes from " + hex(source));
  }

  /** Queues a copy inside the device. */
  public void copy(long source, long target, long bytes) {
    queue("copy");
    Status.driver(
        JCudaDriver.cuMemcpyDtoDAsync(new Address(target), new Address(source), bytes, stream),
        () -> "copy of " + bytes + " bytes from " + hex(source) + " to " + hex(target));
  }

  /** Queues writing one value into every byte. */
  public void fill8(long target, byte value, long bytes) {
    queue("fill");
    Status.driver(
        JCudaDriver.cuMemsetD8Async(new Address(target), value, bytes, stream),
        () -> "fill of " + bytes + " bytes at " + hex(target));
  }

  /** Queues writing one value into every word of four bytes. */
  public void fill32(long target, int value, long words) {
    queue("fill");
    Status.driver(
        JCudaDriver.cuMemsetD32Async(new Address(target), value, words, stream),
        () -> "fill of " + words + " words at " + hex(target));
  }

  /** Sets the mark behind all that is queued by now. */
  public void record(Event event) {
    device.enter();
    Status.driver(JCudaDriver.cuEventRecord(event.handle(), stream), "cuEventRecord");
  }

  /** Lets what is queued from now on wait for the mark. */
  public void await(Event event) {
    device.enter();
    Status.driver(JCudaDriver.cuStreamWaitEvent(stream, event.handle(), 0), "cuStreamWaitEvent");
  }

  /** Waits until all that is queued is done. */
  public void synchronize() {
    device.enter();
    Status.driver(
        JCudaDriver.cuStreamSynchronize(stream),
        () -> "waiting for a stream whose latest operation was " + latest);
  }

  /** Whether all that is queued is done. */
  public boolean isDone() {
    device.enter();
    int code = JCudaDriver.cuStreamQuery(stream);
    if (code == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    Status.driver(code, () -> "asking a stream whose latest operation was " + latest);
    return true;
  }

  /**
   * Runs the body, whose work for this stream is not done but noted, to be replayed any number of
   * times on the same addresses. It must not allocate device memory, wait, or use other streams.
   */
  public Graph capture(Runnable body) {
    device.enter();
    Status.driver(
        JCudaDriver.cuStreamBeginCapture(
            stream, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
    CUgraph noted = new CUgraph();
    boolean complete = false;
    try {
      body.run();
      complete = true;
    } finally {
      device.enter();
      int code = JCudaDriver.cuStreamEndCapture(stream, noted);
      if (complete) {
        Status.driver(code, "capturing a graph");
      } else if (code == CUresult.CUDA_SUCCESS) {
        JCudaDriver.cuGraphDestroy(noted);
      }
    }
    return new Graph(device, noted);
  }

  @Override
  public void close() {
    device.enter();
    Status.driver(JCudaDriver.cuStreamDestroy(stream), "cuStreamDestroy");
  }

  /** To be called before work is queued: names it in later errors and enters the device. */
  void queue(String operation) {
    queued.incrementAndGet();
    latest = operation;
    device.enter();
  }

  CUstream handle() {
    return stream;
  }

  /** As cuBLAS and cuDNN want it. */
  cudaStream_t runtimeHandle() {
    return new cudaStream_t(stream);
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
