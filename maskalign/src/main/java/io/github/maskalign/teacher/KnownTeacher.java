package io.github.maskalign.teacher;

import io.github.maskalign.TeacherId;
import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.hub.name.ModelReference;
import io.github.maskalign.vit.hub.name.PublishedModel;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.NetworkFile;
import java.nio.file.Path;
import java.util.List;

/**
 * Published teachers.
 *
 * @since 0.1.0
 */
public enum KnownTeacher implements Choice {
  /** CLIP ViT-B/16. */
  CLIP_B16(
      "CLIP ViT-B/16 (Radford et al., arXiv 2103.00020)",
      ViTConfig.clipB16(),
      ChannelStats.clip(),
      Licenses.MIT,
      PublishedModel.CLIP_B16),
  /** CLIP ViT-L/14. */
  CLIP_L14(
      "CLIP ViT-L/14 (Radford et al., arXiv 2103.00020)",
      ViTConfig.clipL14(),
      ChannelStats.clip(),
      Licenses.MIT,
      PublishedModel.CLIP_L14),
  /** DINO ViT-B/16. */
  DINO_B16(
      "DINO ViT-B/16 (Caron et al., arXiv 2104.14294)",
      ViTConfig.dinoB16(),
      ChannelStats.imageNet(),
      Licenses.APACHE,
      PublishedModel.DINO_B16),
  /** DINOv2 ViT-S/14. */
  DINOV2_S14(
      "DINOv2 ViT-S/14 (Oquab et al., arXiv 2304.07193)",
      ViTConfig.small(518, 14).asDinoV2(0),
      ChannelStats.imageNet(),
      Licenses.APACHE,
      PublishedModel.DINOV2_S14),
  /** DINOv2 ViT-B/14. */
  DINOV2_B14(
      "DINOv2 ViT-B/14 (Oquab et al., arXiv 2304.07193)",
      ViTConfig.base(518, 14).asDinoV2(0),
      ChannelStats.imageNet(),
      Licenses.APACHE,
      PublishedModel.DINOV2_B14),
  /** DINOv2 ViT-L/14. */
  DINOV2_L14(
      "DINOv2 ViT-L/14 (Oquab et al., arXiv 2304.07193)",
      ViTConfig.large(518, 14).asDinoV2(0),
      ChannelStats.imageNet(),
      Licenses.APACHE,
      PublishedModel.DINOV2_L14),
  /** DINOv2 ViT-B/14 with registers. */
  DINOV2_B14_REG(
      "DINOv2 ViT-B/14 with 4 registers (Darcet et al., arXiv 2309.16588)",
      ViTConfig.base(518, 14).asDinoV2(4),
      ChannelStats.imageNet(),
      Licenses.APACHE,
      PublishedModel.DINOV2_B14_REG),
  /** SigLIP ViT-B/16. */
  SIGLIP_B16(
      "SigLIP ViT-B/16 (Zhai et al., arXiv 2303.15343)",
      ViTConfig.base(224, 16).asSiglip(),
      ChannelStats.half(3),
      Licenses.APACHE,
      PublishedModel.SIGLIP_B16),
  /** SigLIP 2 ViT-B/16. */
  SIGLIP2_B16(
      "SigLIP 2 ViT-B/16 (Tschannen et al., arXiv 2502.14786)",
      ViTConfig.base(224, 16).asSiglip(),
      ChannelStats.half(3),
      Licenses.APACHE,
      PublishedModel.SIGLIP2_B16),
  /** DINOv3 ViT-S/16. */
  DINOV3_S16(
      "DINOv3 ViT-S/16 (Simeoni et al., arXiv 2508.10104)",
      ViTConfig.small(224, 16).asDinoV3(4),
      ChannelStats.imageNet(),
      Licenses.DINOV3,
      PublishedModel.DINOV3_S16),
  /** DINOv3 ViT-B/16. */
  DINOV3_B16(
      "DINOv3 ViT-B/16 (Simeoni et al., arXiv 2508.10104)",
      ViTConfig.base(224, 16).asDinoV3(4),
      ChannelStats.imageNet(),
      Licenses.DINOV3,
      PublishedModel.DINOV3_B16),
  /** DINOv3 ViT-L/16. */
  DINOV3_L16(
      "DINOv3 ViT-L/16 (Simeoni et al., arXiv 2508.10104)",
      ViTConfig.large(224, 16).asDinoV3(4),
      ChannelStats.imageNet(),
      Licenses.DINOV3,
      PublishedModel.DINOV3_L16);

  /** License of the teacher's weights, as recorded in a student's files. */
  private static final class Licenses {
    static final String MIT = "MIT";
    static final String APACHE = "Apache-2.0";
    static final String DINOV3 =
        "DINOv3 License (Meta's own terms, which also cover derived models; read them)";
  }

  private final String description;
  private final ViTConfig config;
  private final ChannelStats statistics;
  private final String license;
  private final PublishedModel published;

  KnownTeacher(
      String description,
      ViTConfig config,
      ChannelStats statistics,
      String license,
      PublishedModel published) {
    this.description = description;
    this.config = config;
    this.statistics = statistics;
    this.license = license;
    this.published = published;
  }

  /** The value that a word names. */
  public static KnownTeacher parse(String word) {
    return Choice.parse("teacher", KnownTeacher.class, word);
  }

  /** Its configuration, for images of the size it was trained on. */
  public ViTConfig config() {
    return config;
  }

  /** The configuration in its weights, or beside them; its usual one if they have none. */
  public ViTConfig config(Path weights) {
    try (NetworkFile file = NetworkFile.open(weights)) {
      return config(file);
    }
  }

  private ViTConfig config(NetworkFile file) {
    return file.configSource() == NetworkFile.ConfigSource.SHAPES ? config : file.config();
  }

  /** The statistics that its pixels are normalized with. */
  public ChannelStats statistics() {
    return statistics;
  }

  /** Where its weights are published. */
  public ModelReference repository() {
    return ModelReference.of(published.repository());
  }

  /** License of its weights. */
  public String license() {
    return license;
  }

  /**
   * Loads the weights for a student with this grid of patches: the teacher sees images of as many
   * of its own patches, for instance, CLIP ViT-L/14 sees images of 196 pixels if the student has
   * patches of 16 in images of 224. A {@code config.json} next to the weights overrides this
   * configuration.
   *
   * @param scope owns the weights
   * @param path a file or folder of any kind that {@link
   *     io.github.maskalign.vit.weights.file.WeightFiles} opens
   * @param students statistics that the student's pixels are normalized with
   */
  public ViTTeacher load(Scope scope, Path path, Grid grid, ChannelStats students) {
    try (NetworkFile file = NetworkFile.open(path)) {
      ViTConfig own = config(file);
      TeacherId id = TeacherId.of(word(), file.file().files(), license);
      NetworkFile fitted = file.withConfig(own.withGrid(grid));
      return ViTTeacher.load(scope, id, fitted, students, statistics);
    }
  }

  @Override
  public List<String> words() {
    return List.of(published.word(), published.repository().name());
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
