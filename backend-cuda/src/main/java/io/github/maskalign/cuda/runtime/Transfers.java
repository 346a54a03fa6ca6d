package io.github.maskalign.cuda.runtime;

import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Event;
import io.github.maskalign.cuda.driver.PinnedMemory;
import io.github.maskalign.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Copies between host and device on a separate stream, through two slots of pinned memory, so that
 * the host fills one while the other is being copied. An upload first goes to a staging slot of
 * device memory: queued work may still use the target, but not the slot, so that the copy over the
 * bus does not wait for it.
 */
public final class Transfers implements AutoCloseable {

  private static final int SLOTS = 2;

  private final Stream compute;
  private final Stream copies;
  private final long slotBytes;
  private final List<Slot> slots;
  private final Event computed;
  private int turn;

  /**
   * Transfers ordered with the work of one stream.
   *
   * @param compute stream of the work that reads uploads and writes what is downloaded
   * @param copies stream of the copies over the bus
   * @param staging address of {@link #deviceBytes} bytes of device memory
   * @param slotBytes maximum bytes of one copy
   */
  public Transfers(Stream compute, Stream copies, long staging, long slotBytes) {
    Device device = compute.device();
    this.compute = compute;
    this.copies = copies;
    this.slotBytes = slotBytes;
    this.computed = device.event();
    this.slots =
        IntStream.range(0, SLOTS)
            .mapToObj(i -> new Slot(device, staging + i * slotBytes, slotBytes))
            .toList();
  }

  /** Bytes of device memory that staging slots of this size need. */
  public static long deviceBytes(long slotBytes) {
    return SLOTS * slotBytes;
  }

  /** Queues a copy to the device; the source may change as soon as this returns. */
  public synchronized void upload(MemorySegment source, long target) {
    long total = source.byteSize();
    for (long done = 0; done < total; done += slotBytes) {
      long bytes = Math.min(slotBytes, total - done);
      Slot slot = next();
      MemorySegment pinned = slot.pinned.segment().asSlice(0, bytes);
      slot.copied.synchronize();
      pinned.copyFrom(source.asSlice(done, bytes));
      copies.await(slot.consumed);
      copies.upload(slot.staging, pinned);
      copies.record(slot.copied);
      compute.await(slot.copied);
      compute.copy(slot.staging, target + done, bytes);
      compute.record(slot.consumed);
    }
  }

  /** Copies to the host, after all queued work; waits until the copy is complete. */
  public synchronized void download(long source, MemorySegment target) {
    compute.record(computed);
    copies.await(computed);
    long total = target.byteSize();
    for (long done = 0; done < total + slotBytes; done += slotBytes) {
      if (done < total) {
        Slot slot = next();
        slot.copied.synchronize();
        copies.download(source + done, slot.pinned(Math.min(slotBytes, total - done)));
        copies.record(slot.copied);
      }
      long before = done - slotBytes;
      if (before >= 0) {
        long bytes = Math.min(slotBytes, total - before);
        Slot slot = done < total ? previous() : latest();
        slot.copied.synchronize();
        target.asSlice(before, bytes).copyFrom(slot.pinned(bytes));
      }
    }
  }

  private Slot next() {
    turn = (turn + 1) % SLOTS;
    return latest();
  }

  private Slot latest() {
    return slots.get(turn);
  }

  private Slot previous() {
    return slots.get((turn + SLOTS - 1) % SLOTS);
  }

  /** Requires that no copy is in progress. */
  @Override
  public void close() {
    slots.forEach(Slot::close);
    computed.close();
  }

  /** Pinned memory, as much device memory, and the events after which each can be reused. */
  private static final class Slot {
    final PinnedMemory pinned;
    final long staging;
    final Event copied;
    final Event consumed;

    Slot(Device device, long staging, long bytes) {
      this.staging = staging;
      this.pinned = device.pinned(bytes);
      this.copied = device.event();
      this.consumed = device.event();
    }

    MemorySegment pinned(long bytes) {
      return pinned.segment().asSlice(0, bytes);
    }

    void close() {
      pinned.close();
      copied.close();
      consumed.close();
    }
  }
}
