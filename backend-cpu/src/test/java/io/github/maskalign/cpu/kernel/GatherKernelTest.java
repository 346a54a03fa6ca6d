package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatherKernelTest {
  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,5,3,7", "3,197,60,192", "1,4,9,33", "2,3,0,8", "0,3,2,4", "2,6,5,600"})
  void gatherAndScatter(int batch, int rows, int picks, int width) {
    Block x = KernelData.normal(batch * rows * width, 1);
    Block g = KernelData.normal(batch * picks * width, 2);
    int[] ids = new Random(3).ints((long) batch * picks, 0, rows).toArray();
    Block y =
        KernelData.run(
            g.size(),
            (w, out) ->
                KernelData.kernels(w)
                    .gather()
                    .gatherTokens(
                        x.operand(),
                        (long) rows * width,
                        width,
                        ids,
                        out.operand(),
                        batch,
                        picks,
                        width));
    y.expect(
        i -> x.get((i / width / picks * (long) rows + ids[i / width]) * width + i % width),
        want -> 0);
    Block dx =
        KernelData.run(
            x.size(),
            (w, out) ->
                KernelData.kernels(w)
                    .gather()
                    .scatterTokens(g.operand(), ids, out.operand(), batch, rows, picks, width));
    double[] want = new double[x.size()];
    for (int r = 0; r < ids.length; r++) {
      for (int j = 0; j < width; j++) {
        want[(r / picks * rows + ids[r]) * width + j] += g.get((long) r * width + j);
      }
    }
    dx.expect(i -> want[i], KernelData.ulps(1, 16));
  }
}
