package io.github.maskalign.cuda.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.driver.Stream;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.library.UserCache;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transfers stay in order with other work, for any interleaving of the two streams. */
@OnEmulator
class TransfersTest {

  /** So small that each transfer uses the slots many times. */
  private static final long SLOT_BYTES = 64;

  private static final int COUNT = 100;

  @Test
  void uploadsWorkAndDownloadsRunInOrder(Emulator emulator) {
    try (Device device = Gpus.openDevice();
        Stream compute = device.stream();
        Stream copies = device.stream();
        Kernels kernels =
            new Kernels(device, new CubinCache(UserCache.folder().resolve("kernels")))) {
      long staging = device.allocate(Transfers.deviceBytes(SLOT_BYTES));
      long x = device.allocate(4 * COUNT);
      Kernel scale = kernels.get("probe.cu", "scale");
      try (Transfers transfers = new Transfers(compute, copies, staging, SLOT_BYTES)) {
        for (int seed = 1; seed <= 40; seed++) {
          emulator.set("seed", seed);
          run(transfers, scale, compute, x, new Random(seed));
        }
      }
      device.free(staging);
      device.free(x);
    }
  }

  private static void run(
      Transfers transfers, Kernel scale, Stream compute, long x, Random random) {
    float[] expected = new float[COUNT];
    transfers.upload(MemorySegment.ofArray(expected), x);
    for (int step = 0; step < 12; step++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          int count = random.nextInt(1, COUNT + 1);
          float[] values = Gpus.random(count, random.nextLong());
          transfers.upload(MemorySegment.ofArray(values), x);
          System.arraycopy(values, 0, expected, 0, count);
          values[0] = Float.NaN; // the caller may overwrite the source at once
        }
        case 1 -> {
          scale.launch(compute, Grid.covering(COUNT, 32), x, x, 2f, (long) COUNT);
          for (int i = 0; i < COUNT; i++) {
            expected[i] *= 2;
          }
        }
        default -> {
          float[] values = new float[COUNT];
          transfers.download(x, MemorySegment.ofArray(values));
          assertArrayEquals(expected, values);
        }
      }
    }
    float[] last = new float[COUNT];
    transfers.download(x, MemorySegment.ofArray(last));
    assertArrayEquals(expected, last);
  }
}
