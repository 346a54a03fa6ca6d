package io.github.maskalign.align.teacher;

import io.github.maskalign.align.config.Choice;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViTConfig;
import java.nio.file.Path;
import java.util.List;

/** Published teachers; their weight files are the user's to fetch. */
public enum KnownTeacher implements Choice {
  /** CLIP ViT-B/16. */
  CLIP_B16(
      "CLIP ViT-B/16 (Radford et al., arXiv 2103.00020)",
      ViTConfig.clipB16(),
      InputAdapter.renormalised(PixelStatistics.IMAGENET, PixelStatistics.CLIP),
      "MIT",
      "clip_b16",
      "openai/clip-vit-base-patch16"),
  /** CLIP ViT-L/14. */
  CLIP_L14(
      "CLIP ViT-L/14 (Radford et al., arXiv 2103.00020)",
      ViTConfig.clipL14(),
      InputAdapter.renormalised(PixelStatistics.IMAGENET, PixelStatistics.CLIP),
      "MIT",
      "clip_l14",
      "openai/clip-vit-large-patch14"),
  /** DINO ViT-B/16. */
  DINO_B16(
      "DINO ViT-B/16 (Caron et al., arXiv 2104.14294)",
      ViTConfig.dinoB16(),
      InputAdapter.none(),
      "Apache-2.0",
      "dino_b16",
      "facebook/dino-vitb16");

  private final String description;
  private final ViTConfig config;
  private final InputAdapter adapter;
  private final String licence;
  private final List<String> words;

  KnownTeacher(
      String description, ViTConfig config, InputAdapter adapter, String licence, String... words) {
    this.description = description;
    this.config = config;
    this.adapter = adapter;
    this.licence = licence;
    this.words = List.of(words);
  }

  /** The value that a word names. */
  public static KnownTeacher parse(String word) {
    return Choice.parse("teacher", KnownTeacher.class, word);
  }

  /**
   * Loads the weights for a student of {@code grid} patches a side: the teacher sees images of
   * {@code grid} times its own patch size, such as CLIP ViT-L/14 images of 196 pixels beside a
   * student that sees patches of 16 in images of 224.
   *
   * @param scope owns the weights
   * @param file safetensors with Hugging Face's names
   */
  public ViTTeacher load(Scope scope, Path file, int grid) {
    TeacherId id = TeacherId.of(word(), file, licence);
    ViTConfig fitted = config.withImageSize(grid * config.patchSize());
    return ViTTeacher.load(scope, id, file, fitted, adapter);
  }

  @Override
  public List<String> words() {
    return words;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return word();
  }
}
