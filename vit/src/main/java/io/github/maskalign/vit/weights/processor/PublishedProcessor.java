package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.image.resize.Arithmetic;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The preprocessing that the published networks of a family have, for folders that state none. */
final class PublishedProcessor {

  private PublishedProcessor() {}

  static Optional<Processor> of(
      String modelType, Path config, InputConfig network, ProcessorOptions options) {
    Arithmetic arithmetic = options.arithmetic();
    return ProcessorClass.ofModelType(modelType)
        .map(
            kind ->
                new Processor(
                    preprocessing(kind, modelType, network, arithmetic),
                    List.of(
                        ("%s: no preprocessor_config.json beside it; the published preprocessing"
                                + " of '%s' applies")
                            .formatted(config, modelType)),
                    false));
  }

  private static Preprocessing preprocessing(
      ProcessorClass kind, String modelType, InputConfig network, Arithmetic arithmetic) {
    ImageSize size = network.imageSize();
    // The published networks of these types have other statistics than their class.
    boolean imageNet =
        kind == ProcessorClass.BIT
            || kind == ProcessorClass.DEIT
            || modelType.equals("vit_mae")
            || modelType.equals("vit_msn");
    ChannelStats stats = imageNet ? ChannelStats.imageNet() : kind.stats;
    int side = Math.min(size.height(), size.width());
    boolean part = kind == ProcessorClass.BIT || kind == ProcessorClass.DEIT;
    int larger = part ? Math.round(side * 256f / 224) : side;
    ResizeRule resize =
        switch (kind) {
          case CLIP, BIT -> new ResizeRule.ShortestEdge(larger);
          case DEIT -> new ResizeRule.Exact(ImageSize.square(larger));
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
}
