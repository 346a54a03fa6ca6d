package io.github.maskalign.cuda.emulator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.binding.ComputeType;
import io.github.maskalign.cuda.binding.DataType;
import io.github.maskalign.cuda.binding.Gemm;
import io.github.maskalign.cuda.binding.Matrix;
import io.github.maskalign.cuda.driver.Cublas;
import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Event;
import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.driver.PinnedMemory;
import io.github.maskalign.cuda.driver.Stream;
import io.github.maskalign.cuda.library.UserCache;
import io.github.maskalign.cuda.runtime.CubinCache;
import io.github.maskalign.cuda.runtime.Kernels;
import io.github.maskalign.tensor.error.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plants faults; the emulated device must find each. */
@OnEmulator
class FaultsTest {

  private static final int SEEDS = 20;

  private Device device;
  private Stream stream;
  private long x;
  private final int count = 100;

  @BeforeEach
  void open(Emulator emulator) {
    emulator.set("quiet", 1);
    device = Gpus.openDevice();
    stream = device.stream();
    x = device.allocate(4L * count);
  }

  @AfterEach
  void close() {
    stream.close();
    device.close();
  }

  private Kernels kernels() {
    return new Kernels(device, new CubinCache(UserCache.folder().resolve("kernels")));
  }

  /** Runs queued work, and expects a fault whose message contains all words. */
  private void expectFault(Emulator emulator, Executable queue, String... words) {
    assertThrows(
        DeviceException.class,
        () -> {
          queue.execute();
          stream.synchronize();
        });
    for (String word : words) {
      assertTrue(emulator.fault().contains(word), emulator.fault());
    }
    emulator.forget();
    device.free(x);
  }

  private void expectKernelFault(
      Emulator emulator, String kernel, Grid grid, Object[] arguments, String... words) {
    try (Kernels kernels = kernels()) {
      Kernel faulty = kernels.get("faults.cu", kernel);
      expectFault(emulator, () -> faulty.launch(stream, grid, arguments), words);
    }
  }

  private float[] readNow() {
    try (PinnedMemory pinned = device.pinned(4L * count)) {
      stream.download(x, pinned.segment());
      stream.synchronize();
      return pinned.segment().toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  @Test
  void aMissingBarrierShowsInOneOfTheTwoOrders(Emulator emulator) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    boolean[] wrong = new boolean[2];
    try (Kernels kernels = kernels();
        PinnedMemory pinned = device.pinned(4L * count)) {
      Kernel faulty = kernels.get("faults.cu", "missingBarrier");
      for (int reverse = 0; reverse < 2; reverse++) {
        emulator.set("reverse", reverse);
        pinned.segment().copyFrom(MemorySegment.ofArray(values));
        stream.upload(x, pinned.segment());
        faulty.launch(stream, Grid.of(1, 64), x);
        stream.synchronize();
        float[] shifted = readNow();
        for (int i = 0; i < 64; i++) {
          wrong[reverse] |= shifted[i] != values[(i + 1) % 64];
        }
      }
    }
    assertTrue(wrong[0] && wrong[1], Arrays.toString(wrong));
    device.free(x);
  }

  @Test
  void aDivergentBarrierIsFound(Emulator emulator) {
    Object[] arguments = {x};
    expectKernelFault(
        emulator,
        "divergentBarrier",
        Grid.of(1, 64),
        arguments,
        "divergentBarrier",
        "reached by 7 of 64 threads");
  }

  @Test
  void aDivergentCollectiveIsFound(Emulator emulator) {
    stream.fill32(x, 0, count);
    Object[] arguments = {x};
    expectKernelFault(
        emulator, "divergentShuffle", Grid.of(1, 32), arguments, "some lanes of a warp wait");
  }

  @ParameterizedTest
  @CsvSource({"tailWrite, 100", "tailWrite, 99", "tailRead, 100"})
  void anOffByOneTailIsFound(String kernel, int n, Emulator emulator) {
    stream.fill32(x, 0, count);
    long shorter = device.allocate(4L * n);
    stream.fill32(shorter, 0, n);
    Object[] arguments =
        kernel.equals("tailRead") ? new Object[] {shorter, x, n} : new Object[] {shorter, n};
    expectKernelFault(emulator, kernel, Grid.covering(n + 1, 128), arguments, kernel);
    assertThrowsOrNot(() -> device.free(shorter));
    emulator.forget();
  }

  /** A write outside a block is reported again when the block is freed. */
  private static void assertThrowsOrNot(Runnable action) {
    try {
      action.run();
    } catch (DeviceException expected) {
      assertTrue(expected.getMessage().contains("cuMemFree"), expected.getMessage());
    }
  }

  @Test
  void aWriteBeforeTheStartIsFound(Emulator emulator) {
    long other = device.allocate(64);
    Object[] arguments = {other};
    expectKernelFault(
        emulator,
        "headWrite",
        Grid.of(1, 1),
        arguments,
        "wrote just outside the memory of argument 1");
    assertThrows(DeviceException.class, () -> device.free(other));
    emulator.forget();
  }

  @Test
  void sharedMemoryStartsAsNaN() {
    try (Kernels kernels = kernels()) {
      kernels.get("faults.cu", "readsShared").launch(stream, Grid.of(1, 64), x);
      float[] values = readNow();
      assertTrue(Float.isNaN(values[0]) && Float.isNaN(values[63]));
    }
    device.free(x);
  }

  @Test
  void newMemoryIsNaN() {
    assertTrue(Float.isNaN(readNow()[0]) && Float.isNaN(readNow()[count - 1]));
    device.free(x);
  }

  @Test
  void aWrongLeadingDimensionIsFound(Emulator emulator) {
    long workspace = device.allocate(1 << 20);
    try (Cublas blas = new Cublas(stream, workspace, 1 << 20)) {
      Matrix good = Matrix.of(x, DataType.F32, 10);
      Matrix wide = Matrix.of(x, DataType.F32, 11);
      Matrix narrow = Matrix.of(x, DataType.F32, 9);
      Gemm outside = Gemm.of(10, 10, 10, wide, good, good, ComputeType.F32);
      assertThrows(DeviceException.class, () -> blas.gemm(outside));
      assertTrue(emulator.fault().contains("reaches outside"), emulator.fault());
      emulator.forget();
      Gemm overlapping = Gemm.of(10, 10, 10, narrow, good, good, ComputeType.F32);
      assertThrows(DeviceException.class, () -> blas.gemm(overlapping));
      assertTrue(emulator.fault().contains("leading dimension"), emulator.fault());
      emulator.forget();
    }
    device.free(workspace);
    device.free(x);
  }

  @Test
  void copiesOutOfRangeAreFound(Emulator emulator) {
    try (PinnedMemory pinned = device.pinned(4L * count + 4)) {
      expectFault(
          emulator,
          () -> stream.upload(x, pinned.segment()),
          "upload of 404 bytes is out of range: it starts 0 bytes into a block of 400 bytes");
    }
  }

  @Test
  void aCopyFromMemoryThatIsNotPinnedIsFound(Emulator emulator) {
    try (Arena arena = Arena.ofConfined()) {
      expectFault(emulator, () -> stream.upload(x, arena.allocate(8)), "not pinned");
    }
  }

  @Test
  void aReadBeforeSynchronizationSeesNothing(Emulator emulator) {
    boolean seen = false;
    try (PinnedMemory pinned = device.pinned(4L * count)) {
      stream.fill32(x, 0, count);
      for (int seed = 1; seed <= SEEDS; seed++) {
        emulator.set("seed", seed);
        stream.download(x, pinned.segment());
        seen |= pinned.segment().get(ValueLayout.JAVA_FLOAT, 0) != 0;
        stream.synchronize();
        assertEquals(0, pinned.segment().get(ValueLayout.JAVA_FLOAT, 0));
      }
    }
    assertTrue(seen);
    device.free(x);
  }

  /** Whether another stream's fill was complete when this stream copied its target. */
  private boolean handsOver(boolean withEvent) {
    long y = device.allocate(4L * count);
    float[] values;
    try (Stream other = device.stream();
        Event filled = device.event()) {
      stream.fill32(x, 0, count);
      stream.synchronize();
      other.fill32(y, 0x3f800000, count);
      if (withEvent) {
        other.record(filled);
        stream.await(filled);
      }
      stream.copy(y, x, 4L * count);
      values = readNow();
      other.synchronize();
    }
    device.free(y);
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return Arrays.equals(ones, values);
  }

  @Test
  void aForgottenEventIsFound(Emulator emulator) {
    int good = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      emulator.set("seed", seed);
      assertTrue(handsOver(true), "with the event it is right in any order");
      good += handsOver(false) ? 1 : 0;
    }
    assertTrue(good < SEEDS, "some order must show that the event is missing");
    assertTrue(good > 0, "and some must hide it, or the orders are not random");
    device.free(x);
  }

  @Test
  void theSameSeedGivesTheSameOrder(Emulator emulator) {
    boolean[][] outcome = new boolean[2][SEEDS];
    for (boolean[] run : outcome) {
      emulator.set("seed", 99);
      emulator.set("seed", 7);
      for (int i = 0; i < SEEDS; i++) {
        run[i] = handsOver(false);
      }
      emulator.set("seed", 99);
      device.synchronize();
    }
    assertArrayEquals(outcome[0], outcome[1]);
    device.free(x);
  }

  @Test
  void memoryFreedBeforeItsWorkRanIsFound(Emulator emulator) {
    emulator.set("seed", 3);
    long y = device.allocate(64);
    try (Kernels kernels = kernels()) {
      Kernel scale = kernels.get("probe.cu", "scale");
      stream.fill32(y, 0, 16);
      stream.synchronize();
      expectFault(
          emulator,
          () -> {
            scale.launch(stream, Grid.of(1, 16), y, x, 1f, 16L);
            device.free(y);
          },
          "when it ran at last",
          "into a freed block of 64 bytes");
    }
  }

  @Test
  void anInvalidPointerIsFound(Emulator emulator) {
    try (Kernels kernels = kernels()) {
      Kernel scale = kernels.get("probe.cu", "scale");
      expectFault(
          emulator,
          () -> scale.launch(stream, Grid.of(1, 16), 0x1234L, x, 1f, 16L),
          "argument 1 points at 0x1234");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 5})
  void aWrongNumberOfArgumentsIsFound(int given, Emulator emulator) {
    Object[] arguments = Arrays.copyOf(new Object[] {x, x, 1f, 1L, 1L}, given);
    try (Kernels kernels = kernels()) {
      Kernel scale = kernels.get("probe.cu", "scale");
      expectFault(emulator, () -> scale.launch(stream, Grid.of(1, 16), arguments), "arguments");
    }
  }

  @Test
  void anIntForALongAlwaysGivesAWrongValue(Emulator emulator) {
    try (Kernels kernels = kernels()) {
      Kernel scale = kernels.get("probe.cu", "scale");
      stream.fill32(x, 0, count);
      stream.synchronize();
      // n arrives as a negative number, so that nothing is written.
      scale.launch(stream, Grid.of(1, 128), x, x, Float.NaN, count);
      assertEquals(0, readNow()[0]);
    }
    device.free(x);
  }

  @Test
  void launchBoundsHold(Emulator emulator) {
    try (Kernels kernels = kernels()) {
      Kernel scale = kernels.get("probe.cu", "scale");
      expectFault(
          emulator,
          () -> scale.launch(stream, Grid.of(1, 512), x, x, 1f, 1L),
          "512 threads a block, 256 allowed");
    }
  }

  @Test
  void aLeakIsFound(Emulator emulator) {
    assertTrue(emulator.leaks().contains("1 blocks of device memory, 400 bytes"), emulator.leaks());
    device.free(x);
    assertFalse(emulator.leaks().contains("device memory"), emulator.leaks());
  }

  @Test
  void missingFunctionsFailWithTheirName(Emulator emulator) {
    int code = JCudaDriver.cuCtxGetFlags(new int[1]);
    assertEquals(CUresult.CUDA_ERROR_NOT_SUPPORTED, code);
    assertEquals("cuCtxGetFlags is not emulated", emulator.fault());
    emulator.forget();
    device.free(x);
  }

  @Test
  void aSourceWithAToolkitHeaderDoesNotCompile(Emulator emulator) {
    String message =
        assertThrows(
                DeviceException.class,
                () ->
                    device
                        .compiler()
                        .compile(
                            "x.cu",
                            "\n#include <cuda_bf16.h>\n",
                            new TreeMap<>(),
                            List.of("--gpu-architecture=sm_90")))
            .getMessage();
    assertTrue(message.contains("x.cu(2)") && message.contains("cuda_bf16.h"), message);
    device.free(x);
  }
}
