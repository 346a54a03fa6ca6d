package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Event;
import io.github.maskalign.cuda.driver.PinnedMemory;
import io.github.maskalign.cuda.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream.Builder;

/**
 * Copies between host memory and the device on a stream of their own, through two slots of pinned
 * memory in turn, so that the host fills one while the other is under way. Uploads land in a slot
 * of device memory first: the work that is queued may still be using the target, but not the slot,
 * so the copy over the bus need not wait for it.
 */
final class Transfers implements AutoCloseable {

  private static final int SLOTS = 2;

  private final Stream compute;
  private final Stream copies;
  private final long slotBytes;
  private final List<Slot> slots;
  private final Event computed;
  private int turn;

  /**
   * Transfers in order with the work of one stream.
   *
   * @param compute where work reads what was uploaded and writes what is downloaded
   * @param copies where copies over the bus run
   * @param staging address of {@link #deviceBytes} of device memory
   * @param slotBytes most bytes of one copy
   */
  Transfers(Stream compute, Stream copies, long staging, long slotBytes) {
    Device device = compute.device();
    this.compute = compute;
    this.copies = copies;
    this.slotBytes = slotBytes;
    this.computed = device.event();
    Builder<Slot> made = java.util.stream.Stream.builder();
    for (int i = 0; i < SLOTS; i++) {
      made.add(new Slot(device, staging + i * slotBytes, slotBytes));
    }
    this.slots = made.build().toList();
  }

  /** The device memory that slots of this size need. */
  static long deviceBytes(long slotBytes) {
    return SLOTS * slotBytes;
  }

  /** Queues writing host memory to the device; the source may change as soon as this returns. */
  synchronized void upload(MemorySegment source, long target) {
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

  /** Reads device memory as queued work leaves it; waits until it is there. */
  synchronized void download(long source, MemorySegment target) {
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

  /** No copy may be under way. */
  @Override
  public void close() {
    slots.forEach(Slot::close);
    computed.close();
  }

  /** Pinned memory, as much device memory, and the events that tell when each is free again. */
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
