package io.github.maskalign.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.binding.ComputeType;
import io.github.maskalign.cuda.binding.DataType;
import io.github.maskalign.cuda.binding.Gemm;
import io.github.maskalign.cuda.binding.Matrix;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.error.DeviceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** cuBLAS, cuDNN and graphs on the emulated device. */
@OnEmulator
class DriverTest {

  private static final int M = 19;
  private static final int N = 37;
  private static final int K = 23;

  /** Row-major C = A B, in double precision. */
  private static float[] product(int batch, boolean transA, boolean transB, float[] a, float[] b) {
    float[] c = new float[batch * M * N];
    for (int z = 0; z < batch; z++) {
      for (int i = 0; i < M; i++) {
        for (int j = 0; j < N; j++) {
          double sum = 0;
          for (int p = 0; p < K; p++) {
            sum +=
                (double) a[z * M * K + (transA ? p * M + i : i * K + p)]
                    * b[z * K * N + (transB ? j * K + p : p * N + j)];
          }
          c[(z * M + i) * N + j] = (float) sum;
        }
      }
    }
    return c;
  }

  private static Matrix matrix(CudaStorage storage, DataType element, int columns, boolean flip) {
    Matrix matrix = Matrix.of(storage.address(), element, columns);
    return flip ? matrix.transpose() : matrix;
  }

  @ParameterizedTest
  @CsvSource({
    "F32, F32, false, false, 1",
    "F32, F32, true, false, 1",
    "F32, TF32, false, true, 1",
    "BF16, F32, true, true, 1",
    "F32, F32, false, true, 5",
    "BF16, F32, false, false, 5"
  })
  void productsAreRowMajor(
      DataType element, ComputeType compute, boolean ta, boolean tb, int batch) {
    float[] a = Gpus.random(batch * M * K, 1);
    float[] b = Gpus.random(batch * K * N, 2);
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = element == DataType.F32 ? Gpus.of(gpu, a) : Gpus.ofBf16(gpu, a);
      CudaStorage y = element == DataType.F32 ? Gpus.of(gpu, b) : Gpus.ofBf16(gpu, b);
      CudaStorage z = gpu.pool().allocate(4L * batch * M * N);
      Matrix left = matrix(x, element, ta ? M : K, ta).withBatchStride(M * K);
      Matrix right = matrix(y, element, tb ? K : N, tb).withBatchStride(K * N);
      Matrix result = Matrix.of(z.address(), DataType.F32, N).withBatchStride(M * N);
      Gemm once = Gemm.of(M, N, K, left, right, result, compute).batched(batch);
      gpu.blas().gemm(once);
      gpu.blas().gemm(once.scaled(2, 1));
      float[] expected = product(batch, ta, tb, a, b);
      for (int i = 0; i < expected.length; i++) {
        expected[i] *= 3;
      }
      assertArrayEquals(expected, Gpus.floats(gpu, z, expected.length));
      x.free();
      y.free();
      z.free();
    }
  }

  @Test
  void errorsOfCublasContainTheShapes(Emulator emulator) {
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = Gpus.of(gpu, Gpus.random(M * K, 1));
      Matrix a = Matrix.of(x.address(), DataType.F32, K);
      Gemm mixed = Gemm.of(M, M, K, a, a.transpose(), a, ComputeType.F64);
      String message =
          assertThrows(DeviceException.class, () -> gpu.blas().gemm(mixed)).getMessage();
      assertTrue(message.contains("m=19, n=19, k=23"), message);
      assertTrue(message.contains("CUBLAS_STATUS_NOT_SUPPORTED"), message);
      x.free();
    }
  }

  @Test
  void aGraphReplaysTheCapturedWork(Emulator emulator) {
    float[] values = Gpus.random(M * M, 1);
    try (Gpu gpu = Gpus.open()) {
      Kernel scale = gpu.kernels().get("probe.cu", "scale");
      CudaStorage x = Gpus.of(gpu, values);
      CudaStorage y = gpu.pool().allocate(4L * M * M);
      CudaStorage sum = Gpus.of(gpu, new float[M * M]);
      gpu.compute().synchronize();
      Matrix a = Matrix.of(x.address(), DataType.F32, M);
      Matrix b = Matrix.of(y.address(), DataType.F32, M);
      Matrix c = Matrix.of(sum.address(), DataType.F32, M);
      long before = emulator.get("launches");
      Graph graph =
          gpu.compute()
              .capture(
                  () -> {
                    scale.launch(
                        gpu.compute(),
                        Grid.covering(M * M, 64),
                        x.address(),
                        y.address(),
                        2f,
                        (long) M * M);
                    gpu.blas().gemm(Gemm.of(M, M, M, a, b, c, ComputeType.F32).scaled(1, 1));
                  });
      assertEquals(before + 1, emulator.get("launches"));
      assertArrayEquals(new float[M * M], Gpus.floats(gpu, sum, M * M), "nothing has run yet");
      graph.launch(gpu.compute());
      float[] once = Gpus.floats(gpu, sum, M * M);
      graph.launch(gpu.compute());
      graph.launch(gpu.compute());
      float[] thrice = Gpus.floats(gpu, sum, M * M);
      for (int i = 0; i < M * M; i++) {
        double expected = 0;
        for (int p = 0; p < M; p++) {
          expected += 2 * values[i / M * M + p] * values[p * M + i % M];
        }
        assertEquals(expected, once[i]);
        assertEquals(3 * expected, thrice[i]);
      }
      graph.close();
      x.free();
      y.free();
      sum.free();
    }
  }

  @Test
  void allocationFailsDuringACapture(Emulator emulator) {
    emulator.set("quiet", 1);
    try (Gpu gpu = Gpus.open()) {
      String message =
          assertThrows(
                  DeviceException.class,
                  () -> gpu.compute().capture(() -> gpu.pool().allocate(1 << 20)))
              .getMessage();
      assertTrue(message.contains("run the step once before"), message);
      emulator.forget();
      CudaStorage x = Gpus.of(gpu, 1, 2, 3);
      assertArrayEquals(new float[] {1, 2, 3}, Gpus.floats(gpu, x, 3), "usable afterwards");
      x.free();
    }
  }

  @Test
  void idleMemoryIsReleasedForTheDriver(Emulator emulator) {
    float[] values = Gpus.random(M * M, 1);
    try (Gpu gpu = Gpus.open()) {
      Kernel scale = gpu.kernels().get("probe.cu", "scale");
      CudaStorage x = Gpus.of(gpu, values);
      gpu.pool().allocate(64 << 20).free();
      long free = gpu.device().freeMemory();
      emulator.set("scratch", free + 1);
      scale.launch(gpu.compute(), Grid.covering(M * M, 64), x.address(), x.address(), 1f, 361L);
      assertEquals(0, gpu.pool().stats().pooled(), "freed for the launch");

      gpu.pool().allocate(64 << 20).free();
      Matrix a = Matrix.of(x.address(), DataType.F32, M);
      CudaStorage y = gpu.pool().allocate(4L * M * M);
      Matrix b = Matrix.of(y.address(), DataType.F32, M);
      emulator.set("scratch", gpu.device().freeMemory() + 1);
      Gemm product = Gemm.of(M, M, M, a, a, b, ComputeType.F32);
      gpu.blas().gemm(product);
      assertEquals(0, gpu.pool().stats().pooled(), "freed for the product");

      emulator.set("scratch", 1L << 40);
      String message =
          assertThrows(DeviceException.class, () -> gpu.blas().gemm(product)).getMessage();
      assertTrue(message.contains("CUBLAS_STATUS_ALLOC_FAILED"), message);
      message =
          assertThrows(
                  DeviceException.class,
                  () ->
                      scale.launch(
                          gpu.compute(),
                          Grid.covering(M * M, 64),
                          x.address(),
                          x.address(),
                          1f,
                          361L))
              .getMessage();
      assertTrue(message.contains("CUDA_ERROR_OUT_OF_MEMORY"), message);
      emulator.set("scratch", 0);
      x.free();
      y.free();
    }
  }

  @Test
  void cudnnComputesSoftmaxAndItsGradient() {
    int rows = 5;
    int columns = 197;
    float[] x = Gpus.random(rows * columns, 5);
    float[] g = Gpus.random(rows * columns, 6);
    try (Gpu gpu = Gpus.open()) {
      SearchResult found = new LibrarySearch(CudaRelease.CUDA_12).load(CudaLibrary.CUDNN);
      assumeTrue(found instanceof SearchResult.Loaded, found::toString);
      Cudnn cudnn = new Cudnn(gpu.compute());
      CudaStorage dx = Gpus.of(gpu, x);
      CudaStorage dg = Gpus.of(gpu, g);
      CudaStorage y = gpu.pool().allocate(4L * rows * columns);
      cudnn.softmax(rows, columns, dx.address(), y.address());
      cudnn.softmaxGrad(rows, columns, y.address(), dg.address(), dx.address());
      float[] probabilities = Gpus.floats(gpu, y, rows * columns);
      float[] gradient = Gpus.floats(gpu, dx, rows * columns);
      for (int r = 0; r < rows; r++) {
        double sum = 0;
        double dot = 0;
        for (int c = r * columns; c < (r + 1) * columns; c++) {
          sum += Math.exp(x[c]);
        }
        for (int c = r * columns; c < (r + 1) * columns; c++) {
          assertEquals(Math.exp(x[c]) / sum, probabilities[c], 1e-7);
          dot += Math.exp(x[c]) / sum * g[c];
        }
        for (int c = r * columns; c < (r + 1) * columns; c++) {
          assertEquals(Math.exp(x[c]) / sum * (g[c] - dot), gradient[c], 1e-7);
        }
      }
      cudnn.close();
      dx.free();
      dg.free();
      y.free();
    }
  }
}
