package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.TeacherId;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Levels and importance of published networks as teachers. */
class TeacherUseTest {

  private static final Path NETWORKS = Path.of("networks").toAbsolutePath();

  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Ops ops = scope.ops();

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  /** A network at the size that it was trained for. */
  private ViT network(String folder) {
    try (NetworkFile file = NetworkFile.open(NETWORKS.resolve("models").resolve(folder))) {
      return PretrainedViT.load(scope, file, file.config().imageSize()).network();
    }
  }

  private static ViTTeacher teacher(ViT network, Importance importance) {
    TeacherId id = new TeacherId("test", "0", "none");
    return new ViTTeacher(id, network, InputAdapter.none(), importance);
  }

  /** The networks of each kind, and what stands for the class token where there is none. */
  @ParameterizedTest
  @CsvSource({
    "clip_openai_form, CLASS_ATTENTION",
    "dinov3_form, CLASS_ATTENTION",
    "deit_distilled_form, CLASS_ATTENTION",
    "mae_form, CLASS_ATTENTION",
    "timm_vit_avg, CLASS_ATTENTION",
    "siglip_loss, PROBE_ATTENTION",
    "siglip2_naflex, PROBE_ATTENTION",
    "timm_siglip_map, PROBE_ATTENTION",
    "open_clip_siglip, PROBE_ATTENTION",
    "ijepa_form, MEAN_RECEIVED",
    "timm_vit_gap, MEAN_RECEIVED",
    "timm_reg_gap, MEAN_RECEIVED",
    "open_clip_timm_linear, MEAN_RECEIVED"
  })
  void importanceFitsTheKindOfNetwork(String folder, Importance expected) {
    ViT network = network(folder);
    ViTConfig config = network.config();
    assertEquals(expected, Importance.of(config));
    int height = config.imageSize().height();
    int width = config.imageSize().width();
    float[] pixels = new float[2 * config.channels() * height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(i);
    }
    Tensor images = ops.of(pixels, 2, config.channels(), height, width);
    TeacherOutput output = teacher(network, expected).forward(ops, images, all(config));
    double[] importance = output.importance().toDoubles();
    assertEquals(2 * config.patches(), importance.length);
    double sum = 0;
    for (double each : importance) {
      assertTrue(each > 0 && each < 1, "importance " + each);
      sum += each;
    }
    boolean whole = expected == Importance.PROBE_ATTENTION || config.prefixTokens() == 0;
    assertEquals(whole, Math.abs(sum - 2) < 1e-5, "sum over two images " + sum);
  }

  private static TeacherRequest all(ViTConfig config) {
    return new TeacherRequest(config.depth(), true);
  }

  /** Held against hidden states and attentions that transformers computed. */
  @ParameterizedTest
  @CsvSource({
    "clip_openai_teacher, clip_openai_form",
    "dino_teacher, dino_form",
    "dinov2_teacher, dinov2_form",
    "dinov2_registers_teacher, dinov2_registers_form",
    "dinov3_teacher, dinov3_form",
    "siglip_teacher, siglip_sparse",
    "siglip2_fixed_teacher, siglip2_fixed_bf16"
  })
  void levelsAndImportanceAreThoseOfTransformers(String name, String folder) {
    Path data = NETWORKS.resolve("teacher").resolve(name + ".safetensors");
    try (WeightFile vectors = WeightFiles.open(data)) {
      ViT network = network(folder);
      ViTConfig config = network.config();
      Tensor images = vectors.read(scope.eager(), "in.pixel_values");
      Tensor states = vectors.read(scope.eager(), "out.hidden_states");
      Tensor maps = vectors.read(scope.eager(), "out.attentions");
      Tensor last = part(maps, config.depth() - 1);
      List<Importance> kinds = new ArrayList<>(List.of(Importance.MEAN_RECEIVED));
      if (config.tokens().classToken()) {
        kinds.add(Importance.CLASS_ATTENTION);
      }
      for (Importance kind : kinds) {
        TeacherOutput output = teacher(network, kind).forward(ops, images, all(config));
        for (int level = 0; level < config.depth(); level++) {
          assertArrayEquals(
              arranged(config, part(states, level + 1)),
              output.level(level).toDoubles(),
              1e-4,
              "level " + level);
        }
        int queries = kind == Importance.CLASS_ATTENTION ? 1 : last.dim(2);
        Tensor seen = ops.mean(ops.slice(last, 2, 0, queries), false, 1, 2);
        assertArrayEquals(
            ops.slice(seen, 1, config.prefixTokens(), seen.dim(1)).toDoubles(),
            output.importance().toDoubles(),
            1e-5,
            kind.name());
      }
    }
  }

  private Tensor part(Tensor stack, int index) {
    Tensor one = ops.slice(stack, 0, index, index + 1);
    int[] dims = stack.shape().dims();
    return ops.reshape(one, Arrays.copyOfRange(dims, 1, dims.length));
  }

  /** The class token or the mean of the patches, then the patches. */
  private double[] arranged(ViTConfig config, Tensor tokens) {
    Tensor patches = ops.slice(tokens, 1, config.prefixTokens(), tokens.dim(1));
    Tensor first =
        config.tokens().classToken() ? ops.slice(tokens, 1, 0, 1) : ops.mean(patches, true, 1);
    return ops.concat(List.of(first, patches), 1).toDoubles();
  }
}
