package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.image.resize.Arithmetic;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The preprocessing that the published networks of a family have, for files that state none.
 *
 * @since 0.1.0
 */
public enum PublishedPreprocessing {
  /** CLIP and MetaCLIP 2 of transformers. */
  CLIP("CLIP", ProcessorClass.CLIP, ChannelStats.clip()),
  /** SigLIP of transformers. */
  SIGLIP("SigLIP", ProcessorClass.SIGLIP, ChannelStats.half(3), "SigLIP 2 resizes bilinearly"),
  /** SigLIP 2 for images of any aspect ratio. */
  SIGLIP2_NAFLEX("SigLIP 2 (NaFlex)", ProcessorClass.SIGLIP2, ChannelStats.half(3)),
  /** ViT of transformers. */
  VIT(
      "ViT",
      ProcessorClass.VIT,
      ChannelStats.half(3),
      "DINO, which has the same model_type, has ImageNet's statistics"),
  /** I-JEPA. */
  IJEPA("I-JEPA", ProcessorClass.VIT, ChannelStats.half(3)),
  /** MAE and MSN of transformers. */
  VIT_IMAGENET("MAE and MSN", ProcessorClass.VIT, ChannelStats.imageNet()),
  /** DeiT. */
  DEIT("DeiT", ProcessorClass.DEIT, ChannelStats.imageNet()),
  /** DINOv2, whose images are smaller than its position table. */
  DINOV2("DINOv2", ProcessorClass.BIT, ChannelStats.imageNet()),
  /** DINOv3. */
  DINOV3("DINOv3", ProcessorClass.DINOV3, ChannelStats.imageNet()),
  /** Image towers of OpenCLIP. */
  OPEN_CLIP("OpenCLIP", null, ChannelStats.clip()),
  /** SigLIP of OpenCLIP, an image tower of timm. */
  OPEN_CLIP_SIGLIP("OpenCLIP's SigLIP", null, ChannelStats.half(3));

  /** DINOv2's position table is for 518 pixels. */
  private static final int MAX_DINOV2 = 224;

  private final String title;
  private final @Nullable ProcessorClass kind;
  private final ChannelStats stats;
  private final String caveat;

  PublishedPreprocessing(String title, @Nullable ProcessorClass kind, ChannelStats stats) {
    this(title, kind, stats, "");
  }

  PublishedPreprocessing(
      String title, @Nullable ProcessorClass kind, ChannelStats stats, String caveat) {
    this.title = title;
    this.kind = kind;
    this.stats = stats;
    this.caveat = caveat;
  }

  /**
   * The preprocessing, with a note that says so.
   *
   * @param weights file without any preprocessing beside it
   * @param network its images and patches
   */
  public Processor processor(Path weights, InputConfig network, ProcessorOptions options) {
    String note =
        "%s: states no preprocessing; that of the published networks of %s applies%s"
            .formatted(weights, title, caveat.isEmpty() ? "" : " (" + caveat + ")");
    return new Processor(preprocessing(network, options.arithmetic()), List.of(note), false);
  }

  private Preprocessing preprocessing(InputConfig network, Arithmetic arithmetic) {
    ImageSize size = this == DINOV2 ? dinoV2(network.imageSize()) : network.imageSize();
    if (kind == null) {
      return this == OPEN_CLIP ? OpenClipProcessor.usual(size) : squashed(size);
    }
    ResizeRule resize =
        switch (kind) {
          case CLIP -> new ResizeRule.ShortestEdge(shorter(size));
          case BIT -> new ResizeRule.ShortestEdge(shorter(larger(size)));
          case DEIT -> new ResizeRule.Exact(larger(size));
          case SIGLIP2 ->
              new ResizeRule.WholePatches(
                  network.patchSize(), ProcessorClass.patches().maxPatches());
          case SIGLIP, VIT, DINOV3 -> new ResizeRule.Exact(size);
        };
    return new Preprocessing(
        ProcessorClass.colors(kind.convertsToRgb),
        resize,
        new Sampling(kind.filter, kind.arithmetic(arithmetic, true)),
        kind.crop == null ? null : ProcessorClass.crop(size, arithmetic),
        stats);
  }

  private static ImageSize dinoV2(ImageSize size) {
    return new ImageSize(Math.min(size.height(), MAX_DINOV2), Math.min(size.width(), MAX_DINOV2));
  }

  private static int shorter(ImageSize size) {
    return Math.min(size.height(), size.width());
  }

  /** Before the crop: 256 for 224 pixels, 438 for DeiT's 384. */
  private static ImageSize larger(ImageSize size) {
    return new ImageSize(size.height() * 256 / 224, size.width() * 256 / 224);
  }

  private Preprocessing squashed(ImageSize size) {
    return new Preprocessing(
        ColorRule.AFTER_RESIZING, new ResizeRule.Exact(size), Sampling.BICUBIC, null, stats);
  }
}
