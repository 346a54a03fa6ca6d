package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Centering;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The image processors of transformers and their defaults, those of version 5.24. */
enum ProcessorClass {
  CLIP("CLIP", Filter.BICUBIC, ChannelStats.clip(), shortest(), ImageSize.square(224), false, true),
  SIGLIP("Siglip", Filter.BICUBIC, ChannelStats.half(3), square(224), null, false, true),
  SIGLIP2("Siglip2", Filter.BILINEAR, ChannelStats.half(3), patches(), null, true, false),
  VIT("ViT", Filter.BILINEAR, ChannelStats.half(3), square(224), null, true, false),
  DEIT(
      "DeiT",
      Filter.BICUBIC,
      ChannelStats.half(3),
      square(256),
      ImageSize.square(224),
      true,
      false),
  BIT("Bit", Filter.BICUBIC, ChannelStats.clip(), shortest(), ImageSize.square(224), false, true),
  DINOV3("DINOv3ViT", Filter.BILINEAR, ChannelStats.imageNet(), square(224), null, true, false);

  /** Configurations name the type of the network where they do not name the processor. */
  private static final Map<String, ProcessorClass> MODEL_TYPES =
      Map.ofEntries(
          Map.entry("clip", CLIP),
          Map.entry("clip_vision_model", CLIP),
          Map.entry("metaclip_2", CLIP),
          Map.entry("aimv2", CLIP),
          Map.entry("aimv2_vision_model", CLIP),
          Map.entry("mlcd", CLIP),
          Map.entry("siglip", SIGLIP),
          Map.entry("siglip_vision_model", SIGLIP),
          Map.entry("siglip2", SIGLIP2),
          Map.entry("siglip2_vision_model", SIGLIP2),
          Map.entry("vit", VIT),
          Map.entry("vit_mae", VIT),
          Map.entry("vit_msn", VIT),
          Map.entry("ijepa", VIT),
          Map.entry("deit", DEIT),
          Map.entry("dinov2", BIT),
          Map.entry("dinov2_with_registers", BIT),
          Map.entry("dinov3_vit", DINOV3));

  private static final String[] SUFFIXES = {"ImageProcessor", "FeatureExtractor"};

  /** Of names; version 5 has one class for each processor and image library, whatever the name. */
  private static final List<String> VARIANTS = List.of("Fast", "Pil");

  final String title;
  final Filter filter;
  final ChannelStats stats;
  final ResizeRule resize;
  final @Nullable ImageSize crop;
  final boolean squareSize;
  final boolean convertsToRgb;

  ProcessorClass(
      String title,
      Filter filter,
      ChannelStats stats,
      ResizeRule resize,
      @Nullable ImageSize crop,
      boolean squareSize,
      boolean convertsToRgb) {
    this.title = title;
    this.filter = filter;
    this.stats = stats;
    this.resize = resize;
    this.crop = crop;
    this.squareSize = squareSize;
    this.convertsToRgb = convertsToRgb;
  }

  /** Images in any shape. */
  static ResizeRule.WholePatches patches() {
    return new ResizeRule.WholePatches(16, 256);
  }

  private static ResizeRule shortest() {
    return new ResizeRule.ShortestEdge(224);
  }

  private static ResizeRule square(int side) {
    return new ResizeRule.Exact(ImageSize.square(side));
  }

  /** By a name such as {@code CLIPImageProcessorFast} or {@code ViTFeatureExtractor}. */
  static Optional<ProcessorClass> ofName(String name) {
    String plain = name;
    for (String variant : VARIANTS) {
      plain = without(plain, variant);
    }
    for (String suffix : SUFFIXES) {
      if (plain.endsWith(suffix)) {
        String title = without(plain, suffix);
        for (ProcessorClass each : values()) {
          if (each.title.equals(title)) {
            return Optional.of(each);
          }
        }
      }
    }
    return Optional.empty();
  }

  static Optional<ProcessorClass> ofModelType(String type) {
    return Optional.ofNullable(MODEL_TYPES.get(type));
  }

  /** DINOv3's images are resized in floats, after rescaling. */
  Arithmetic arithmetic(Arithmetic chosen, boolean rescaled) {
    if (this != DINOV3) {
      return chosen;
    }
    return rescaled ? Arithmetic.FLOAT : Arithmetic.TORCHVISION;
  }

  static ColorRule colors(boolean convertsToRgb) {
    return convertsToRgb ? ColorRule.ON_WHITE : ColorRule.AS_STORED;
  }

  /** The center, where transformers finds it with a library. */
  static Crop crop(ImageSize size, Arithmetic library) {
    boolean pillow = library == Arithmetic.PILLOW;
    return new Crop(size, pillow ? Centering.FLOOR : Centering.TRUNCATE, 0);
  }

  private static String without(String name, String suffix) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  /** The class's name in transformers. */
  @Override
  public String toString() {
    return title + SUFFIXES[0];
  }
}
