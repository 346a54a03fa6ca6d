package io.github.maskalign.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.kinds.Kinds;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every case of a supported kind passes. */
class VectorsTest {

  /** The module's own folder, where Maven runs its tests. */
  private static final Path FOLDER = Path.of("").toAbsolutePath();

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "ckpt.clip_full",
          "ckpt.finetune_keys",
          "ckpt.half_rounding",
          "ckpt.pth",
          "ckpt.pth_odd",
          "ckpt.safetensors",
          "data.crop_fallback",
          "data.crop_size",
          "data.cutmix",
          "data.decode",
          "data.decode_jpeg",
          "data.eval_transform",
          "data.mix_elem",
          "data.mix_pair",
          "data.mixup",
          "data.pil_bicubic",
          "data.randaug_levels",
          "data.randaug_ops",
          "data.to_tensor_normalize",
          "data.train_crop",
          "train.finetune_adamw",
          "train.linprobe_lars");

  @TestFactory
  Stream<DynamicTest> reference() {
    return cases("reference");
  }

  @TestFactory
  Stream<DynamicTest> cpu() {
    return cases("cpu");
  }

  private static Stream<DynamicTest> cases(String backend) {
    Backends.Choice choice = Backends.open(backend, BackendOptions.defaults());
    VectorRunner runner = new VectorRunner(FOLDER, choice.backend());
    return VectorFolder.entries(FOLDER).stream()
        .filter(entry -> Kinds.all().containsKey(kind(entry)))
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.name(),
                    () -> {
                      CaseResult result = runner.run(entry);
                      assertTrue(result.passed(), () -> result.line(1));
                    }))
        .onClose(choice::close);
  }

  @Test
  void kindsThatAreNotSupportedAreKnown() {
    Set<String> unsupported = new TreeSet<>();
    for (VectorFolder.Entry entry : VectorFolder.entries(FOLDER)) {
      if (!Kinds.all().containsKey(kind(entry))) {
        unsupported.add(kind(entry));
      }
    }
    assertEquals(new TreeSet<>(UNSUPPORTED), unsupported);
  }

  private static String kind(VectorFolder.Entry entry) {
    return Manifest.read(FOLDER, entry.manifest()).kind();
  }
}
