package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cuda.CudaBackend;
import io.github.maskalign.cuda.Gpus;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.DeviceException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The softmax of cuDNN agrees with the kernel, and runs only if selected. */
@OnEmulator
class CudnnSoftmaxTest {

  private static final int ROWS = 5;
  private static final int COLUMNS = 197;

  private record Results(float[] y, float[] dx, long launches) {}

  @AfterEach
  void choose() {
    System.clearProperty(CudnnSoftmax.PROPERTY);
  }

  private static Results run(DType dtype) {
    Emulator emulator = Emulator.start();
    try (CudaBackend backend = Gpus.exactBackend();
        Scope scope = Scope.root(backend, "test")) {
      Eager ops = (Eager) scope.ops();
      Tensor x = ops.cast(ops.of(KernelData.normal(1, ROWS * COLUMNS), ROWS, COLUMNS), dtype);
      Tensor g = ops.cast(ops.of(KernelData.normal(2, ROWS * COLUMNS), ROWS, COLUMNS), dtype);
      long before = emulator.get("launches");
      Tensor y = ops.softmax(x);
      Tensor dx = ops.softmaxGrad(y, g);
      long launches = emulator.get("launches") - before;
      return new Results(y.toFloats(), dx.toFloats(), launches);
    }
  }

  @Test
  void agreesWithTheKernel() {
    SearchResult found = new LibrarySearch(CudaRelease.CUDA_12).load(CudaLibrary.CUDNN);
    assumeTrue(found instanceof SearchResult.Loaded, found::toString);
    Results kernel = run(DType.F32);
    System.setProperty(CudnnSoftmax.PROPERTY, "cudnn");
    Results cudnn = run(DType.F32);
    assertArrayEquals(kernel.y, cudnn.y, 1e-6f);
    assertArrayEquals(kernel.dx, cudnn.dx, 1e-6f);
  }

  @Test
  void runsIfSelectedButNotForF64(Emulator emulator) {
    assertEquals(2, run(DType.F32).launches);
    System.setProperty(CudnnSoftmax.PROPERTY, "cudnn");
    assertEquals(0, run(DType.F32).launches);
    assertEquals(2, run(DType.F64).launches);
  }

  @Test
  void unknownChoiceIsRejected() {
    System.setProperty(CudnnSoftmax.PROPERTY, "fast");
    String message = assertThrows(DeviceException.class, () -> Gpus.exactBackend()).getMessage();
    assertTrue(message.contains("must be cudnn or kernel, not 'fast'"), message);
  }
}
