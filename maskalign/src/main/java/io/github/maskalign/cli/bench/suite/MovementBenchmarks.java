package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.WeightDecayGroups;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.ViT;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Work that memory bounds: the optimizer's pass, and values that move. */
final class MovementBenchmarks {

  private static final int ROWS = 960;
  private static final int COLUMNS = 3072;
  private static final int IMAGES = 16;
  private static final int PATCHES = 196;
  private static final int KEPT = 59;
  private static final int WIDTH = 768;

  /** Of parameter, gradient and two moments all are read, and all but the gradient written. */
  private static final int ADAMW_ACCESSES = 7;

  private static final double RATE = 1e-4;

  private MovementBenchmarks() {}

  static List<Benchmark> all(List<ModelSize> models) {
    List<Benchmark> all = new ArrayList<>();
    models.forEach(model -> all.add(adamW(model)));
    all.add(gather());
    all.add(transposedCopy());
    all.add(cast());
    return all;
  }

  private static Benchmark adamW(ModelSize model) {
    return new Benchmark(
        "adamw/" + model.word(),
        "all parameters of " + model.title(),
        Work.ofBytes((double) ADAMW_ACCESSES * Float.BYTES * model.parameters()),
        scope -> {
          Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
          ViT.create(parameters.root(), model.config());
          Map<Tensor, Tensor> gradients = new HashMap<>();
          for (Parameter parameter : parameters.trainable()) {
            gradients.put(parameter.value(), scope.eager().affine(parameter.value(), 0.1, 1e-3));
          }
          AdamW optimizer =
              new AdamW(scope, WeightDecayGroups.of(parameters, 0.05), AdamW.Betas.PRETRAIN);
          return () -> optimizer.step(gradients::get, RATE, 1);
        });
  }

  private static Benchmark gather() {
    return Benchmark.kernel(
        "gather/tokens",
        "%d of %d tokens of %d images, width %d".formatted(KEPT, PATCHES, IMAGES, WIDTH),
        Work.ofBytes(2.0 * Float.BYTES * IMAGES * KEPT * WIDTH),
        operands -> {
          Tensor x = operands.random(IMAGES, PATCHES, WIDTH);
          int[] ids = new int[IMAGES * KEPT];
          Arrays.setAll(ids, i -> i % KEPT * (PATCHES / KEPT));
          Tensor kept = operands.scope().eager().of(ids, IMAGES, KEPT);
          return eager -> eager.gatherTokens(x, kept);
        });
  }

  private static Benchmark transposedCopy() {
    return Benchmark.kernel(
        "copy/transposed",
        "[%d, %d] transposed".formatted(ROWS, COLUMNS),
        Work.ofBytes(2.0 * Float.BYTES * ROWS * COLUMNS),
        operands -> {
          Tensor x = operands.scope().eager().transpose(operands.random(ROWS, COLUMNS));
          return eager -> eager.copy(x);
        });
  }

  private static Benchmark cast() {
    return Benchmark.kernel(
        "cast/bf16",
        "[%d, %d] from F32".formatted(ROWS, COLUMNS),
        Work.ofBytes((double) (Float.BYTES + DType.BF16.bytes()) * ROWS * COLUMNS),
        operands -> {
          Tensor x = operands.random(ROWS, COLUMNS);
          return eager -> eager.cast(x, DType.BF16);
        });
  }
}
