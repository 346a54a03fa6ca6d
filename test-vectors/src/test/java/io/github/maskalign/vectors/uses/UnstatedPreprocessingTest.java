package io.github.maskalign.vectors.uses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published networks whose files do not state how images are preprocessed. */
class UnstatedPreprocessingTest {

  private static final Path MODELS = Path.of("networks", "models").toAbsolutePath();

  @TempDir private Path folder;

  /** The names of the weights tell the family, or that several have them. */
  @ParameterizedTest
  @CsvSource({
    "clip_loss, 0.48145466, of CLIP applies",
    "clip_vision_bare, 0.48145466, of CLIP applies",
    "siglip_loss, 0.5, of SigLIP applies",
    "dinov2_form, 0.485, of DINOv2 applies",
    "dinov2_registers_form, 0.485, of DINOv2 applies",
    "dinov3_form, 0.485, of DINOv3 applies",
    "open_clip_classic, 0.48145466, of OpenCLIP applies",
    "open_clip_siglip, 0.5, of OpenCLIP's SigLIP applies",
    "deit_distilled_form, 0.485, networks with such names have several",
    "mae_form, 0.485, networks with such names have several",
    "vit_v5_names, 0.485, networks with such names have several",
    "timm_vit_token, 0.485, networks with such names have several",
  })
  void ofWeightsAlone(String name, double mean, String note) throws IOException {
    copy(name, "");
    check(mean, note);
  }

  @ParameterizedTest
  @CsvSource({
    "clip_loss, 0.48145466, of CLIP applies",
    "siglip_loss, 0.5, of SigLIP applies (SigLIP 2 resizes bilinearly)",
    "siglip2_naflex, 0.5, of SigLIP 2 (NaFlex) applies",
    "dinov2_registers_form, 0.485, of DINOv2 applies",
    "dino_form, 0.5, DINO",
    "deit_distilled_form, 0.485, of DeiT applies",
    "mae_form, 0.485, of MAE and MSN applies",
    "ijepa_form, 0.5, of I-JEPA applies",
    "vit_v5_names, 0.5, of ViT applies",
  })
  void ofWeightsAndConfiguration(String name, double mean, String note) throws IOException {
    copy(name, "config.json");
    check(mean, note);
  }

  private void copy(String name, String config) throws IOException {
    try (Stream<Path> files = Files.list(MODELS.resolve(name))) {
      for (Path file : files.toList()) {
        String own = file.getFileName().toString();
        if (own.equals(config) || own.contains("model.") || own.contains("model-")) {
          Files.copy(file, folder.resolve(own));
        }
      }
    }
  }

  private void check(double mean, String note) {
    try (NetworkFile file = NetworkFile.open(folder)) {
      ModelCard card = ModelCard.of(file);
      assertEquals(mean, card.stats().mean()[0], 0);
      assertEquals(1, card.notes().size(), card.notes().toString());
      assertTrue(card.notes().getFirst().contains(note), card.notes().getFirst());
    }
  }
}
