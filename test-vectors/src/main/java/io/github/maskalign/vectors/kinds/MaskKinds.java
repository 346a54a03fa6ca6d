package io.github.maskalign.vectors.kinds;

import io.github.maskalign.TargetNormalizer;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.TargetNorm;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ForwardResult;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Masks, student inputs and targets. */
final class MaskKinds {

  private MaskKinds() {}

  static void maskLength(VectorCase given) {
    int[] patches = given.integers("in.L");
    double[] ratios = given.doubles("in.ratio");
    double[] kept = new double[patches.length];
    Arrays.setAll(kept, i -> AlignmentConfig.keptPatches(patches[i], ratios[i]));
    given.checks().values("out.keep", kept, kept.length);
  }

  static void randomMasking(VectorCase given) {
    Tensor x = given.tensor("in.x");
    int kept = AlignmentConfig.keptPatches(x.dim(1), given.real("mask_ratio"));
    int[] ids = drawn(given, kept);
    Tensor visible = given.scope().ops().of(ids, x.dim(0), kept);
    given.checks().tensor("out.ids_keep", visible);
    given.differentiate(Map.of("x", x), ops -> Map.of("x_masked", ops.gatherTokens(x, visible)));
  }

  static void race(VectorCase given) {
    float[] importance = given.floats("in.p");
    float[] clocks = given.floats("in.e");
    int[] dims = given.dims("in.p");
    double[] order = new double[importance.length];
    for (int row = 0; row < dims[0]; row++) {
      int from = row * dims[1];
      int[] winners =
          MaskKind.race(
              Arrays.copyOfRange(importance, from, from + dims[1]),
              Arrays.copyOfRange(clocks, from, from + dims[1]));
      for (int i = 0; i < dims[1]; i++) {
        order[from + i] = winners[i];
      }
    }
    given.checks().values("out.ids_shuffle", order, dims);
  }

  /**
   * The visible patches: {@code in.ids_keep} if given, which the noise or the full draw must agree
   * with.
   *
   * @return patch numbers [B, K]
   */
  static int[] visible(VectorCase given, int kept) {
    if (!given.has("in.ids_keep")) {
      return drawn(given, kept);
    }
    int[] ids = given.integers("in.ids_keep");
    given.checks().that("number kept", given.dims("in.ids_keep")[1] == kept, "it is " + kept);
    if (given.has("in.noise") || given.has("in.ids_shuffle")) {
      boolean agree = Arrays.equals(ids, drawn(given, kept));
      given.checks().that("ids_keep", agree, "the draw given begins with other patches");
    }
    return ids;
  }

  private static int[] drawn(VectorCase given, int kept) {
    return given.has("in.noise")
        ? first(given, "in.noise", kept, MaskKinds::byNoise)
        : first(given, "in.ids_shuffle", kept, MaskKinds::asIs);
  }

  private static int[] byNoise(double[] noise) {
    float[] values = new float[noise.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) noise[i];
    }
    return MaskKind.ascending(values);
  }

  private static int[] asIs(double[] ids) {
    return Arrays.stream(ids).mapToInt(id -> (int) id).toArray();
  }

  /** {@code [B, L] -> [B, K]}: the first entries of each row. */
  private static int[] first(
      VectorCase given, String name, int kept, Function<double[], int[]> order) {
    double[] rows = given.doubles(name);
    int[] dims = given.dims(name);
    int[] ids = new int[dims[0] * kept];
    for (int b = 0; b < dims[0]; b++) {
      int[] row = order.apply(Arrays.copyOfRange(rows, b * dims[1], (b + 1) * dims[1]));
      System.arraycopy(row, 0, ids, b * kept, kept);
    }
    return ids;
  }

  static void student(VectorCase given) {
    ViTConfig config = Networks.student(given, PositionEmbedding.SINCOS);
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    ViT network = ViT.create(parameters.root(), config);
    Networks.load(given, "student", parameters);
    int kept = AlignmentConfig.keptPatches(config.patches(), given.real("mask_ratio"));
    int[] ids = visible(given, kept);
    Ops ops = given.scope().ops();
    Tensor images = given.tensor("in.images");
    Tensor keep = ops.of(ids, images.dim(0), kept);
    ForwardResult seen =
        network.forward(ops, images, ForwardRequest.plain().withKeep(keep).withAllLevels());
    given.checks().tensor("out.ids_keep", keep);
    given.checks().stacked("out.hidden", seen.levels());
    given.checks().tensor("out.normed", network.normalized(ops, seen.tokens()));
  }

  static void targetNorm(VectorCase given) {
    TargetNorm norm = TargetNorm.parse(given.text("target_norm"));
    Map<String, Tensor> in = given.tensors("in.");
    Eager ops = given.scope().eager();
    Tensor tokens = classAndPatches(ops, given.integers("in.ids_keep"), in.get("h0").dim(0));
    List<Tensor> targets = new ArrayList<>();
    for (int level = 1; in.containsKey("h" + level); level++) {
      targets.add(TargetNormalizer.target(ops, norm, in.get("h" + level), tokens));
    }
    given.checks().stacked("out.teacher", targets);
  }

  /** Token numbers [B, 1 + K] of the class token and of patches [B, K]. */
  static Tensor classAndPatches(Ops ops, int[] patches, int batch) {
    int kept = patches.length / batch;
    int[] tokens = new int[batch * (1 + kept)];
    for (int i = 0; i < patches.length; i++) {
      tokens[i / kept * (1 + kept) + 1 + i % kept] = 1 + patches[i];
    }
    return ops.of(tokens, batch, 1 + kept);
  }

  static void renormalize(VectorCase given) {
    InputAdapter adapter =
        InputAdapter.renormalized(statistics(given, "from_"), statistics(given, "to_"));
    Ops ops = given.scope().ops();
    given.checks().tensor("out.y", adapter.adapt(ops, given.tensor("in.x")));
  }

  private static ChannelStats statistics(VectorCase given, String prefix) {
    return new ChannelStats(given.reals(prefix + "mean"), given.reals(prefix + "std"));
  }
}
