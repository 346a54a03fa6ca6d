package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes networks as ONNX files of opset 17.
 *
 * @since 0.1.0
 */
public final class OnnxExport {

  private static final long IR_VERSION = 8;
  private static final long OPSET = 17;

  /** Protobuf's own limit for a message. */
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  private OnnxExport() {}

  /**
   * What a file shall be like.
   *
   * @param batch pictures at once; any number if 0
   * @param classes of the head, to give logits; none if 0
   * @param meanPooled whether the head sees the mean of the patches, else the class token
   */
  public record Options(int batch, int classes, boolean meanPooled) {

    /** Checks the values. */
    public Options {
      if (batch < 0 || classes < 0) {
        throw new ShapeException(
            "onnx: batch and classes must be 0 or more, got " + batch + " and " + classes);
      }
    }
  }

  /**
   * Writes a network: {@code images [B, C, H, W]}, normalized, to {@code logits [B, classes]} if it
   * has a head; else to {@code tokens [B, T, D]} after the final norm, and {@code pooled [B, D]}.
   *
   * @param parameters with timm's names, of a network of this shape
   * @param metadata notes for the file
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(
      Path target,
      ViTConfig config,
      Parameters parameters,
      Options options,
      Map<String, String> metadata) {
    Message graph = new ViTGraph(config, parameters, options).build().message("vit");
    Message model = new Message().add(1, IR_VERSION).add(2, "maskalign").add(7, graph);
    model.add(8, new Message().add(1, "").add(2, OPSET));
    metadata.forEach((key, text) -> model.add(14, new Message().add(1, key).add(2, text)));
    if (model.size() > MAX_BYTES) {
      throw new ShapeException(
          "onnx: a file of %d bytes is over the format's limit of 2 GiB".formatted(model.size()));
    }
    try {
      AtomicFile.write(target, model::writeTo);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target, e);
    }
  }
}
