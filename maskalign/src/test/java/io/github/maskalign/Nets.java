package io.github.maskalign;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.stream.IntStream;

/** Small networks and images for tests. */
public final class Nets {

  /** 16 patches, width 8, 3 blocks. */
  public static final ViTConfig SMALL = ViTConfig.of(8, 2, 8, 3, 2);

  private Nets() {}

  /** The slow and exact backend. */
  public static Backend reference() {
    return Backends.open("reference", BackendOptions.defaults().withThreads(1)).backend();
  }

  /** A teacher of random weights. */
  public static ViTTeacher teacher(Scope scope, ViTConfig config, DType dtype, long seed) {
    return teacher(Parameters.initialized(scope, dtype, seed), config);
  }

  /** The teacher that a small student is at first, if its parameters have the same seed. */
  static ViTTeacher twin(Parameters parameters) {
    return teacher(parameters, SMALL);
  }

  private static ViTTeacher teacher(Parameters parameters, ViTConfig config) {
    ViT network = ViT.create(parameters.root(), config);
    return new ViTTeacher(new TeacherId("test", "0", "none"), network, InputAdapter.none());
  }

  /** Standard normal values. */
  public static Tensor normal(Scope scope, DType dtype, long seed, int... dims) {
    int size = IntStream.of(dims).reduce(1, (a, b) -> a * b);
    float[] values = new float[size];
    Philox.of(seed).fillNormal(values, 0);
    return scope.ops().cast(scope.ops().of(values, dims), dtype);
  }

  /** Overwrites a parameter. */
  public static void set(Parameters parameters, String name, float... values) {
    Tensor target = parameters.get(name).value();
    Scope scope = parameters.scope();
    scope.backend().copy(scope.ops().of(values, target.shape().dims()), target);
  }

  static float[] identity(int size) {
    float[] values = new float[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return values;
  }
}
