package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.error.DeviceException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory, copies and kernels on the emulated device. */
@OnEmulator
class GpuTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 1000, 1 << 20, (1 << 20) + 1, 2_500_000})
  void whatIsUploadedComesBack(int count) {
    try (Gpu gpu = Gpus.open()) {
      float[] values = Gpus.random(count, count);
      CudaStorage storage = Gpus.of(gpu, values);
      assertArrayEquals(values, Gpus.floats(gpu, storage, count));
      storage.free();
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "2, 1", "3, 0", "4, 1", "5, 0"})
  void kernelsRunInTheOrderOfTheirStream(int seed, int reverse, Emulator emulator) {
    emulator.set("seed", seed);
    emulator.set("reverse", reverse);
    int count = 5000;
    try (Gpu gpu = Gpus.open()) {
      Kernel scale = gpu.kernels().get("probe.cu", "scale");
      CudaStorage x = Gpus.of(gpu, Gpus.random(count, 1));
      CudaStorage y = gpu.pool().allocate(4 * count);
      for (int i = 0; i < 10; i++) {
        scale.launch(
            gpu.compute(), Grid.covering(count, 256), x.address(), y.address(), 2f, (long) count);
        scale.launch(
            gpu.compute(), Grid.covering(count, 256), y.address(), x.address(), 1f, (long) count);
      }
      float[] expected = Gpus.random(count, 1);
      for (int i = 0; i < count; i++) {
        expected[i] *= 1024;
      }
      assertArrayEquals(expected, Gpus.floats(gpu, x, count));
      x.free();
      y.free();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void threadsOfABlockShareMemoryAndMeetAtBarriers(int reverse, Emulator emulator) {
    emulator.set("reverse", reverse);
    int rows = 7;
    int columns = 197;
    float[] values = Gpus.random(rows * columns, 2);
    float[] sums = new float[rows];
    for (int i = 0; i < values.length; i++) {
      sums[i / columns] += values[i];
    }
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = Gpus.of(gpu, values);
      CudaStorage y = gpu.pool().allocate(4 * rows);
      Kernel rowSum = gpu.kernels().get("probe.cu", "rowSum");
      for (int threads : new int[] {32, 96, 128, 1024}) {
        rowSum.launch(
            gpu.compute(),
            Grid.of(rows, threads).withShared(4 * columns),
            x.address(),
            y.address(),
            columns);
        assertArrayEquals(sums, Gpus.floats(gpu, y, rows), threads + " threads");
      }
      x.free();
      y.free();
    }
  }

  @Test
  void blocksMayTakeMoreSharedMemoryThanUsual() {
    int columns = 20_000;
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = Gpus.of(gpu, new float[columns]);
      CudaStorage y = gpu.pool().allocate(4);
      for (int count : new int[] {columns, columns / 10}) {
        gpu.kernels()
            .get("probe.cu", "rowSum")
            .launch(
                gpu.compute(),
                Grid.of(1, 64).withShared(4 * count),
                x.address(),
                y.address(),
                count);
        assertEquals(0, Gpus.floats(gpu, y, 1)[0]);
      }
      x.free();
      y.free();
    }
  }

  @Test
  void aWarpMultipliesOnTensorCores() {
    int k = 64;
    float[] a = Gpus.random(16 * k, 3);
    float[] b = Gpus.random(8 * k, 4);
    float[] product = new float[16 * 8];
    for (int i = 0; i < product.length; i++) {
      for (int j = 0; j < k; j++) {
        product[i] += a[i / 8 * k + j] * b[i % 8 * k + j];
      }
    }
    try (Gpu gpu = Gpus.open()) {
      CudaStorage left = Gpus.ofBf16(gpu, a);
      CudaStorage right = Gpus.ofBf16(gpu, b);
      CudaStorage result = gpu.pool().allocate(4L * product.length);
      gpu.kernels()
          .get("probe.cu", "mmaTile")
          .launch(
              gpu.compute(), Grid.of(1, 32), left.address(), right.address(), result.address(), k);
      assertArrayEquals(product, Gpus.floats(gpu, result, product.length));
      left.free();
      right.free();
      result.free();
    }
  }

  @Test
  void aDeviceNewerThanTheCompilerGetsPtx(Emulator emulator) {
    emulator.set("capability", 121);
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = Gpus.of(gpu, 1, 2, 3);
      gpu.kernels()
          .get("probe.cu", "scale")
          .launch(gpu.compute(), Grid.of(1, 32), x.address(), x.address(), 2f, 3L);
      assertArrayEquals(new float[] {2, 4, 6}, Gpus.floats(gpu, x, 3));
      x.free();
    }
  }

  @Test
  void manyThreadsMayQueueWork() throws Exception {
    try (Gpu gpu = Gpus.open();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Kernel scale = gpu.kernels().get("probe.cu", "scale");
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 1; thread <= 4; thread++) {
        float factor = thread;
        runs.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    CudaStorage x = Gpus.of(gpu, 1, 2, 3);
                    scale.launch(
                        gpu.compute(), Grid.of(1, 32), x.address(), x.address(), factor, 3L);
                    assertArrayEquals(
                        new float[] {factor, 2 * factor, 3 * factor}, Gpus.floats(gpu, x, 3));
                    x.free();
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
      assertEquals(0, gpu.pool().stats().live());
    }
  }

  @Test
  void whatCannotBeLaunchedIsNamed() {
    try (Gpu gpu = Gpus.open()) {
      assertMessage("kernel nothing in probe.cu", () -> gpu.kernels().get("probe.cu", "nothing"));
      assertMessage("kernels/nothing.cu", () -> gpu.kernels().get("nothing.cu", "nothing"));
      Kernel scale = gpu.kernels().get("probe.cu", "scale");
      assertMessage("takes no String", () -> scale.launch(gpu.compute(), Grid.of(1, 1), "x"));
      assertMessage("2000 threads", () -> Grid.of(1, 2000));
      scale.launch(gpu.compute(), Grid.covering(0, 256), "an empty grid asks for nothing");
    }
  }

  private static void assertMessage(String part, Executable action) {
    String message = assertThrows(DeviceException.class, action).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void valuesOfDefinesMakeTheirOwnKernels() {
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = Gpus.of(gpu, 0, 0);
      for (int value : new int[] {3, 4}) {
        gpu.kernels()
            .get("probe.cu", "defined", "VALUE=" + value)
            .launch(gpu.compute(), Grid.of(1, 1), x.address());
        assertEquals(value, Gpus.floats(gpu, x, 1)[0]);
      }
      x.free();
    }
  }

  @Test
  void structuresPassByValue() {
    try (Gpu gpu = Gpus.open();
        Arena arena = Arena.ofConfined()) {
      CudaStorage target = gpu.pool().allocate(4 * 40);
      gpu.kernels()
          .get("probe.cu", "fillPair")
          .launch(gpu.compute(), Grid.of(1, 32), Gpus.pair(arena, target.address(), 2.5f), 40);
      assertEquals(2.5f, Gpus.floats(gpu, target, 40)[39]);
      target.free();
    }
  }
}
