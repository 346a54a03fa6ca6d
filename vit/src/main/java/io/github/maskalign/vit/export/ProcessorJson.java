package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Arithmetic;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Preprocessing as transformers' preprocessor_config.json. */
final class ProcessorJson {

  private ProcessorJson() {}

  /**
   * The processor that does the same.
   *
   * @throws FormatException if there is none
   */
  static ObjectNode write(Preprocessing images) {
    ResizeRule resize = images.resize();
    Crop crop = images.crop();
    boolean whole = crop != null && resize.equals(new ResizeRule.Exact(crop.size()));
    ImageSize cropped = crop == null || whole ? null : crop.size();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("image_processor_type", type(images, cropped));
    json.put("do_convert_rgb", converts(images));
    json.put("do_resize", !(resize instanceof ResizeRule.None));
    addSize(json, images);
    json.put("resample", images.sampling().filter().ordinal());
    json.put("do_center_crop", cropped != null);
    if (cropped != null) {
      size(json.putObject("crop_size"), cropped);
    }
    json.put("do_rescale", true).put("rescale_factor", 1 / 255.0);
    json.put("do_normalize", true);
    Arrays.stream(images.stats().mean()).forEach(json.putArray("image_mean")::add);
    Arrays.stream(images.stats().std()).forEach(json.putArray("image_std")::add);
    return json;
  }

  /**
   * All classes have these steps; the usual one for them is named. Whether it resizes with Pillow
   * or torchvision is for the one who loads it, whatever the name.
   */
  private static String type(Preprocessing images, @Nullable ImageSize cropped) {
    if (images.sampling().arithmetic() == Arithmetic.FLOAT) {
      return "DINOv3ViTImageProcessor";
    }
    if (cropped == null) {
      return "ViTImageProcessor";
    }
    return images.resize() instanceof ResizeRule.Exact ? "DeiTImageProcessor" : "BitImageProcessor";
  }

  private static boolean converts(Preprocessing images) {
    return images.colors() != ColorRule.AS_STORED && images.stats().channels() == 3;
  }

  private static void addSize(ObjectNode json, Preprocessing images) {
    switch (images.resize()) {
      case ResizeRule.None _ -> {}
      case ResizeRule.Exact(ImageSize size) -> size(json.putObject("size"), size);
      case ResizeRule.ShortestEdge(int length) ->
          json.putObject("size").put("shortest_edge", length);
      case ResizeRule.ShortestEdgeUnless(int length, ImageSize _) ->
          json.putObject("size").put("shortest_edge", length);
      case ResizeRule.ShortestWithin(int length, int longest) ->
          json.putObject("size").put("shortest_edge", length).put("longest_edge", longest);
      case ResizeRule.Within(ImageSize largest) ->
          json.putObject("size")
              .put("max_height", largest.height())
              .put("max_width", largest.width());
      case ResizeRule.KeepRatio _, ResizeRule.WholePatches _ ->
          throw new FormatException(
              "hf export: transformers' processors of this network cannot prepare images so: "
                  + images.description());
    }
  }

  private static void size(ObjectNode json, ImageSize size) {
    json.put("height", size.height()).put("width", size.width());
  }
}
