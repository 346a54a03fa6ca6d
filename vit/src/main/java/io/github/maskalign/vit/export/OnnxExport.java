package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Exports networks as ONNX files of opset 17.
 *
 * @since 0.1.0
 */
public final class OnnxExport {

  private static final long IR_VERSION = 8;
  private static final long OPSET = 17;

  /** Protobuf's limit for a message. */
  private static final long MAX_BYTES = Integer.MAX_VALUE;

  private OnnxExport() {}

  /**
   * Options of the exported graph.
   *
   * @param batch number of images; dynamic if 0
   * @param classes of the head, for logits; 0 for no head
   * @param pooling of the tokens before the head
   */
  public record Options(int batch, int classes, Pooling pooling) {

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
   * has a head; else to {@code tokens [B, T, D]} after the final norm and {@code pooled [B, D]}.
   *
   * @param parameters with timm's names, of a network of this configuration
   * @param notes written as metadata: {@code preprocessing} and {@code labels} as JSON, {@code
   *     probability} (softmax or sigmoid), {@code vit} with the configuration, and those of the
   *     weight file
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(
      Path target, ViTConfig config, Parameters parameters, Options options, ExportNotes notes) {
    notes.require(options.classes());
    boolean other = options.classes() > 0 && options.pooling() != config.output().pooling();
    ViTConfig headed = other ? config.withOutput(OutputConfig.of(options.pooling())) : config;
    Message graph = new ViTGraph(headed, parameters, options).build().message("vit");
    Message model = new Message().add(1, IR_VERSION).add(2, "maskalign").add(7, graph);
    model.add(8, new Message().add(1, "").add(2, OPSET));
    metadata(config, options, notes)
        .forEach((key, text) -> model.add(14, new Message().add(1, key).add(2, text)));
    if (model.size() > MAX_BYTES) {
      throw new ShapeException(
          ("onnx: the file would have %d bytes, the format's limit is 2 GiB; export a smaller"
                  + " network")
              .formatted(model.size()));
    }
    try {
      AtomicFile.write(target, model::writeTo);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target, e);
    }
  }

  private static Map<String, String> metadata(
      ViTConfig config, Options options, ExportNotes notes) {
    Map<String, String> metadata = new LinkedHashMap<>(notes.metadata());
    metadata.put(ConfigMetadata.KEY, ConfigMetadata.write(config));
    metadata.put("pooling", options.pooling().name());
    metadata.put("preprocessing", JsonWriter.line(notes.pixels()));
    if (!notes.labels().isEmpty()) {
      metadata.put("labels", JsonWriter.line(notes.labels()));
      metadata.put("probability", notes.probability().name().toLowerCase(Locale.ROOT));
    }
    return metadata;
  }
}
