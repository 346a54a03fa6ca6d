package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue of asynchronous work. Work on one stream runs in order; an {@link Event} orders streams.
 */
public final class Stream implements AutoCloseable {

  private static final int NON_BLOCKING = 1;

  /** CU_STREAM_CAPTURE_MODE_THREAD_LOCAL. */
  private static final int CAPTURE_OF_THIS_THREAD = 1;

  private final Device device;
  private final DriverLibrary library;
  private final Status status;
  private final Handle stream;
  private final AtomicLong queued = new AtomicLong();
  private volatile String latest = "nothing";

  Stream(Device device) {
    this.device = device;
    this.library = device.library();
    this.status = device.status();
    device.makeCurrent();
    stream =
        status.created(
            created -> library.streamCreate(created, NON_BLOCKING), () -> "cuStreamCreate");
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
    status.check(
        library.memcpyHtoDAsync(target, pinned, stream),
        () -> "upload of " + bytes + " bytes to " + hex(target));
  }

  /** Queues a copy to pinned host memory, valid when the copy has run. */
  public void download(long source, MemorySegment pinned) {
    enqueue("download");
    long bytes = pinned.byteSize();
    status.check(
        library.memcpyDtoHAsync(pinned, source, stream),
        () -> "download of " + bytes + " bytes from " + hex(source));
  }

  /** Queues a copy within the device. */
  public void copy(long source, long target, long bytes) {
    enqueue("copy");
    status.check(
        library.memcpyDtoDAsync(target, source, bytes, stream),
        () -> "copy of " + bytes + " bytes from " + hex(source) + " to " + hex(target));
  }

  /** Queues a fill of bytes. */
  public void fill8(long target, byte value, long bytes) {
    enqueue("fill");
    status.check(
        library.memsetD8Async(target, value, bytes, stream),
        () -> "fill of " + bytes + " bytes at " + hex(target));
  }

  /** Queues a fill of 32-bit words. */
  public void fill32(long target, int value, long words) {
    enqueue("fill");
    status.check(
        library.memsetD32Async(target, value, words, stream),
        () -> "fill of " + words + " words at " + hex(target));
  }

  /** Records an event after all work queued so far. */
  public void record(Event event) {
    device.makeCurrent();
    status.check(library.eventRecord(event.handle(), stream), "cuEventRecord");
  }

  /** Makes work queued later wait for an event. */
  public void await(Event event) {
    device.makeCurrent();
    status.check(library.streamWaitEvent(stream, event.handle()), "cuStreamWaitEvent");
  }

  /** Waits for all queued work. */
  public void synchronize() {
    device.makeCurrent();
    status.check(
        library.streamSynchronize(stream),
        () -> "waiting for a stream whose latest operation was " + latest);
  }

  /** Whether all queued work is complete. */
  public boolean isDone() {
    device.makeCurrent();
    int code = library.streamQuery(stream);
    if (code == Status.NOT_READY) {
      return false;
    }
    status.check(code, () -> "querying a stream whose latest operation was " + latest);
    return true;
  }

  /**
   * Captures the work that the body queues on this stream, without running it, to replay any number
   * of times on the same addresses. The body must not allocate device memory, wait, or use other
   * streams.
   */
  public Graph capture(Runnable body) {
    device.makeCurrent();
    status.check(
        library.streamBeginCapture(stream, CAPTURE_OF_THIS_THREAD), "cuStreamBeginCapture");
    Handle[] captured = new Handle[1];
    boolean complete = false;
    try {
      body.run();
      complete = true;
    } finally {
      device.makeCurrent();
      int code = library.streamEndCapture(stream, captured);
      if (complete) {
        status.check(code, "capturing a graph");
      } else if (code == Status.SUCCESS) {
        library.graphDestroy(captured[0]);
      }
    }
    return new Graph(device, captured[0]);
  }

  @Override
  public void close() {
    device.makeCurrent();
    status.check(library.streamDestroy(stream), "cuStreamDestroy");
  }

  /** Called before queueing: names the operation for later errors and makes the device current. */
  void enqueue(String operation) {
    queued.incrementAndGet();
    latest = operation;
    device.makeCurrent();
  }

  Handle handle() {
    return stream;
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
