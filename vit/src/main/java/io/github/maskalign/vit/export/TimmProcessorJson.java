package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import java.util.Arrays;

/** Preprocessing as timm's {@code pretrained_cfg}. */
final class TimmProcessorJson {

  private TimmProcessorJson() {}

  /**
   * Adds the preprocessing.
   *
   * @throws FormatException if timm has no such
   */
  static void add(ObjectNode json, ViTConfig config, Preprocessing images) {
    ArrayNode size = json.putArray("input_size");
    size.add(config.channels()).add(config.imageSize().height()).add(config.imageSize().width());
    Arrays.stream(images.stats().mean()).forEach(json.putArray("mean")::add);
    Arrays.stream(images.stats().std()).forEach(json.putArray("std")::add);
    json.put("interpolation", images.sampling().filter().toString());
    addCrop(json, images);
    json.put("fixed_input_size", true);
  }

  private static void addCrop(ObjectNode json, Preprocessing images) {
    Crop crop = images.crop();
    if (crop == null && images.resize() instanceof ResizeRule.Exact) {
      json.put("crop_mode", "squash").put("crop_pct", 1);
      return;
    }
    if (crop == null) {
      throw refused(images);
    }
    ImageSize size = crop.size();
    switch (images.resize()) {
      case ResizeRule.ShortestEdge(int length) -> center(json, size, length);
      case ResizeRule.ShortestEdgeUnless(int length, ImageSize _) -> center(json, size, length);
      case ResizeRule.Exact(ImageSize scaled) -> scaled(json, "squash", size, scaled, images);
      case ResizeRule.KeepRatio(ImageSize scaled, boolean inside) ->
          scaled(json, inside ? "border" : "center", size, scaled, images);
      default -> throw refused(images);
    }
  }

  private static void center(ObjectNode json, ImageSize size, int length) {
    json.put("crop_mode", "center");
    json.put("crop_pct", fraction(Math.max(size.height(), size.width()), length));
  }

  private static void scaled(
      ObjectNode json, String mode, ImageSize size, ImageSize scaled, Preprocessing images) {
    double ofHeight = fraction(size.height(), scaled.height());
    double ofWidth = fraction(size.width(), scaled.width());
    double fraction = Math.min(ofHeight, ofWidth);
    if ((int) (size.height() / fraction) != scaled.height()
        || (int) (size.width() / fraction) != scaled.width()) {
      throw refused(images);
    }
    json.put("crop_mode", mode).put("crop_pct", fraction);
  }

  /** By which timm divides a side, and rounds down. */
  private static double fraction(int side, int resized) {
    double fraction = (double) side / resized;
    return (int) (side / fraction) < resized ? Math.nextDown(fraction) : fraction;
  }

  private static FormatException refused(Preprocessing images) {
    return new FormatException(
        "timm export: timm does not prepare images so: " + images.description());
  }
}
