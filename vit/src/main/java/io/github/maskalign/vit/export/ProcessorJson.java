package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.util.Arrays;

/** Preprocessing as transformers' preprocessor_config.json. */
final class ProcessorJson {

  private ProcessorJson() {}

  static ObjectNode write(Preprocessing images) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    PlainView view = PlainView.of(images);
    boolean crop = view.isCropped();
    // The processors of ViT and DINOv2; the first does not crop.
    json.put("image_processor_type", crop ? "BitImageProcessor" : "ViTImageProcessor");
    json.put("do_convert_rgb", images.stats().channels() == 3);
    json.put("do_resize", true);
    if (crop) {
      json.putObject("size").put("shortest_edge", view.shorter());
    } else {
      size(json.putObject("size"), view);
    }
    json.put("resample", view.filter().ordinal());
    json.put("do_center_crop", crop);
    if (crop) {
      size(json.putObject("crop_size"), view);
    }
    json.put("do_rescale", true).put("rescale_factor", 1 / 255.0);
    json.put("do_normalize", true);
    Arrays.stream(images.stats().mean()).forEach(json.putArray("image_mean")::add);
    Arrays.stream(images.stats().std()).forEach(json.putArray("image_std")::add);
    return json;
  }

  private static void size(ObjectNode json, PlainView view) {
    json.put("height", view.size().height()).put("width", view.size().width());
  }
}
