package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.driver.Compute;
import io.github.maskalign.cuda.driver.Cudnn;
import io.github.maskalign.cuda.driver.Element;
import io.github.maskalign.cuda.driver.Graph;
import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.driver.Matrix;
import io.github.maskalign.cuda.driver.Product;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.Located;
import io.github.maskalign.tensor.error.DeviceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Matrix products, softmax of cuDNN and graphs on the emulated device. */
@OnEmulator
class ProductsTest {

  private static final int M = 19;
  private static final int N = 37;
  private static final int K = 23;

  /** C = A B by rows, in double. */
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

  private static Matrix matrix(CudaStorage storage, Element element, int columns, boolean flip) {
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
  void productsAreByRows(Element element, Compute compute, boolean ta, boolean tb, int batch) {
    float[] a = Gpus.random(batch * M * K, 1);
    float[] b = Gpus.random(batch * K * N, 2);
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = element == Element.F32 ? Gpus.of(gpu, a) : Gpus.ofBf16(gpu, a);
      CudaStorage y = element == Element.F32 ? Gpus.of(gpu, b) : Gpus.ofBf16(gpu, b);
      CudaStorage z = gpu.pool().allocate(4L * batch * M * N);
      Matrix left = matrix(x, element, ta ? M : K, ta).every(M * K);
      Matrix right = matrix(y, element, tb ? K : N, tb).every(K * N);
      Matrix result = Matrix.of(z.address(), Element.F32, N).every(M * N);
      Product once = Product.of(M, N, K, left, right, result, compute).batched(batch);
      gpu.blas().multiply(once);
      gpu.blas().multiply(once.scaled(2, 1));
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
  void whatCublasRefusesIsToldWithShapes(Emulator emulator) {
    try (Gpu gpu = Gpus.open()) {
      CudaStorage x = Gpus.of(gpu, Gpus.random(M * K, 1));
      Matrix a = Matrix.of(x.address(), Element.F32, K);
      Product mixed = Product.of(M, M, K, a, a.transpose(), a, Compute.F64);
      String message =
          assertThrows(DeviceException.class, () -> gpu.blas().multiply(mixed)).getMessage();
      assertTrue(message.contains("m=19, n=19, k=23"), message);
      assertTrue(message.contains("CUBLAS_STATUS_NOT_SUPPORTED"), message);
      x.free();
    }
  }

  @Test
  void aGraphReplaysWhatWasCaptured(Emulator emulator) {
    float[] values = Gpus.random(M * M, 1);
    try (Gpu gpu = Gpus.open()) {
      Kernel scale = gpu.kernels().get("probe.cu", "scale");
      CudaStorage x = Gpus.of(gpu, values);
      CudaStorage y = gpu.pool().allocate(4L * M * M);
      CudaStorage sum = Gpus.of(gpu, new float[M * M]);
      gpu.compute().synchronize();
      Matrix a = Matrix.of(x.address(), Element.F32, M);
      Matrix b = Matrix.of(y.address(), Element.F32, M);
      Matrix c = Matrix.of(sum.address(), Element.F32, M);
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
                    gpu.blas().multiply(Product.of(M, M, M, a, b, c, Compute.F32).scaled(1, 1));
                  });
      assertEquals(before + 1, emulator.get("launches"));
      assertArrayEquals(new float[M * M], Gpus.floats(gpu, sum, M * M), "nothing ran yet");
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
  void memoryCannotBeTakenInACapture(Emulator emulator) {
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
  void cudnnTakesSoftmaxAndItsGradient() {
    int rows = 5;
    int columns = 197;
    float[] x = Gpus.random(rows * columns, 5);
    float[] g = Gpus.random(rows * columns, 6);
    try (Gpu gpu = Gpus.open()) {
      Located found = new LibrarySearch().load(CudaLibrary.CUDNN);
      assertTrue(found instanceof Located.Loaded, found::toString);
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
