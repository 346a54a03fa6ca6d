package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.util.Arrays;

/** Preprocessing as transformers' preprocessor_config.json. */
final class ProcessorJson {

  private ProcessorJson() {}

  static ObjectNode write(Preprocessing images) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    PlainView view = PlainView.of(images);
    boolean crop = view.isCropped();
    if (!view.squashed() && !view.resized().isSquare()) {
      throw new FormatException(
          "hf export: no image processor of transformers covers %s pixels; export as timm or onnx instead"
              .formatted(view.resized()));
    }
    json.put("image_processor_type", type(view));
    json.put("do_convert_rgb", images.stats().channels() == 3);
    json.put("do_resize", true);
    if (view.squashed()) {
      size(json.putObject("size"), view.resized());
    } else {
      json.putObject("size").put("shortest_edge", view.resized().height());
    }
    json.put("resample", view.filter().ordinal());
    json.put("do_center_crop", crop);
    if (crop) {
      size(json.putObject("crop_size"), view.size());
    }
    json.put("do_rescale", true).put("rescale_factor", 1 / 255.0);
    json.put("do_normalize", true);
    Arrays.stream(images.stats().mean()).forEach(json.putArray("image_mean")::add);
    Arrays.stream(images.stats().std()).forEach(json.putArray("image_std")::add);
    return json;
  }

  /** The processors of DINOv2, ViT, which does not crop, and DeiT. */
  private static String type(PlainView view) {
    if (!view.squashed()) {
      return "BitImageProcessor";
    }
    return view.isCropped() ? "DeiTImageProcessor" : "ViTImageProcessor";
  }

  private static void size(ObjectNode json, ImageSize size) {
    json.put("height", size.height()).put("width", size.width());
  }
}
