package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @BeforeEach
  void open() {
    Gpus.open().close();
    device = Device.open(0);
  }

  @AfterEach
  void close() {
    device.close();
  }

  private CudaPool pool(long limit) {
    return new CudaPool(device, limit, CudaPool.Mode.CACHING);
  }

  @Test
  void theSecondStepAllocatesNothing() {
    try (CudaPool pool = pool(Long.MAX_VALUE)) {
      List<CudaStorage> step = new ArrayList<>();
      long free = 0;
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
          free = device.freeMemory();
        }
        assertEquals(free, device.freeMemory());
        assertEquals(0, pool.stats().live());
      }
      pool.trim();
      assertEquals(0, pool.stats().pooled());
      assertEquals(device.info().totalMemory(), device.freeMemory());
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
  void whenTheDeviceIsFullTheMessageSaysAllAndSmallerRequestsWork(Emulator emulator) {
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
  void idleBlocksAreGivenUpBeforeAFailure(Emulator emulator) {
    emulator.set("memory", 10 * MIB);
    try (CudaPool pool = pool(Long.MAX_VALUE)) {
      pool.allocate(6 * MIB).free();
      CudaStorage other = pool.allocate(8 * MIB);
      assertEquals(0, pool.stats().pooled());
      other.free();
    }
  }

  @Test
  void theLimitIsKept() {
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
        assertNotEquals(first.address(), next.address());
        next.free();
      }
      assertTrue(pool.stats().pooled() <= 65 * 401, "given back now and then");
    }
  }

  @Test
  void aBlockOutlivesItsPool() {
    CudaPool pool = pool(Long.MAX_VALUE);
    CudaStorage late = pool.allocate(1000);
    pool.close();
    assertThrows(ClosedException.class, () -> pool.allocate(1));
    assertTrue(device.freeMemory() < device.info().totalMemory());
    late.free();
    assertEquals(device.info().totalMemory(), device.freeMemory());
  }
}
