package io.github.maskalign.cuda.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnEmulator
class CudaPoolTest {

  private static final int MIB = 1 << 20;

  private Device device;
  private long free;

  @BeforeEach
  void open() {
    device = Gpus.openDevice();
    free = device.freeMemory();
  }

  @AfterEach
  void close() {
    device.close();
  }

  /** A real driver keeps some memory, and its own programs come and go. */
  private void assertAllIsFree() {
    long kept = free - device.freeMemory();
    assertTrue(Emulator.isReal() ? kept < 64 * MIB : kept == 0, kept + " bytes are not free");
  }

  private CudaPool pool(long limit) {
    return new CudaPool(device, limit, CudaPool.Mode.CACHING);
  }

  @Test
  void theSecondStepAllocatesNothing() {
    try (CudaPool pool = pool(Long.MAX_VALUE)) {
      List<CudaStorage> step = new ArrayList<>();
      long freeBetween = 0;
      for (int i = 0; i < 5; i++) {
        for (int bytes : new int[] {0, 1, 400, 401, 100_000, 3 * MIB}) {
          CudaStorage storage = pool.allocate(bytes);
          assertTrue(storage.bytes() >= bytes);
          assertTrue(storage.bytes() <= Math.max(256, bytes + bytes / 8 + 256), "waste");
          step.add(storage);
        }
        step.forEach(CudaStorage::free);
        step.clear();
        if (i == 0) {
          freeBetween = device.freeMemory();
        }
        assertEquals(freeBetween, device.freeMemory());
        assertEquals(0, pool.stats().live());
      }
      pool.trim();
      assertEquals(0, pool.stats().pooled());
      assertAllIsFree();
    }
  }

  @Test
  void statisticsCountBytes() {
    try (CudaPool pool = pool(Long.MAX_VALUE)) {
      CudaStorage a = pool.allocate(1024);
      CudaStorage b = pool.allocate(2048);
      assertEquals(new MemoryStats(3072, 0, 3072), pool.stats());
      a.free();
      assertEquals(new MemoryStats(2048, 1024, 3072), pool.stats());
      b.free();
      assertEquals(new MemoryStats(0, 3072, 3072), pool.stats());
    }
  }

  @Test
  void aFullDeviceIsReportedAndSmallerRequestsWork(Emulator emulator) {
    emulator.set("memory", 10 * MIB);
    Device full = device;
    try (CudaPool pool = pool(Long.MAX_VALUE)) {
      CudaStorage live = pool.allocate(4 * MIB);
      String message =
          assertThrows(OutOfMemoryException.class, () -> pool.allocate(8 * MIB)).getMessage();
      assertTrue(message.contains("asked for " + 8 * MIB + " bytes"), message);
      assertTrue(message.contains(6 * MIB + " free of"), message);
      assertTrue(message.contains(4 * MIB + " live"), message);
      assertTrue(message.contains("smaller batch"), message);
      pool.allocate(5 * MIB).free();
      live.free();
      assertEquals(MIB, full.freeMemory());
    }
  }

  @Test
  void idleBlocksAreFreedBeforeAFailure(Emulator emulator) {
    emulator.set("memory", 10 * MIB);
    try (CudaPool pool = pool(Long.MAX_VALUE)) {
      pool.allocate(6 * MIB).free();
      CudaStorage other = pool.allocate(8 * MIB);
      assertEquals(0, pool.stats().pooled());
      other.free();
    }
  }

  @Test
  void theLimitHolds() {
    try (CudaPool pool = pool(MIB)) {
      CudaStorage half = pool.allocate(MIB / 2);
      String message =
          assertThrows(OutOfMemoryException.class, () -> pool.allocate(MIB)).getMessage();
      assertTrue(message.contains(MIB + " allowed by the memory limit"), message);
      half.free();
      pool.allocate(MIB).free();
      assertThrows(OutOfMemoryException.class, () -> pool.allocate(Long.MAX_VALUE));
    }
  }

  @Test
  void exactBlocksAreNeverReused() {
    try (CudaPool pool = new CudaPool(device, Long.MAX_VALUE, CudaPool.Mode.EXACT)) {
      CudaStorage first = pool.allocate(401);
      assertEquals(401, first.bytes());
      first.free();
      for (int i = 0; i < 200; i++) {
        CudaStorage next = pool.allocate(401);
        // A real driver gives the same address again.
        assertTrue(Emulator.isReal() || first.address() != next.address());
        next.free();
      }
      assertTrue(pool.stats().pooled() <= 65 * 401, "trimmed now and then");
    }
  }

  @Test
  void aBlockOutlivesItsPool() {
    CudaPool pool = pool(Long.MAX_VALUE);
    CudaStorage late = pool.allocate(4 * MIB);
    pool.close();
    assertThrows(ClosedException.class, () -> pool.allocate(1));
    assertTrue(device.freeMemory() < free);
    late.free();
    assertAllIsFree();
  }
}
