package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Exports networks as folders that timm loads: model.safetensors and config.json.
 *
 * @since 0.1.0
 */
public final class TimmExport {

  private static final String CLASS_TOKEN = "cls_token";
  private static final String POSITIONS = "pos_embed";

  private TimmExport() {}

  /**
   * Writes a folder. If only the class token of several prefix tokens has a position, as in DINOv2
   * with registers, the position is added to the token, since timm supports positions for all or
   * none.
   *
   * @throws FormatException if timm has no such network under these names
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(Path folder, SavedNetwork network, ExportNotes notes) {
    ViTConfig config = network.config();
    notes.require(network.classes());
    if (config.tokens().positions() == PositionEmbedding.ROTARY
        || config.blocks().activation().isGated()) {
      throw new FormatException(
          "timm export: timm implements rotary positions and gated MLPs with other parameters, so"
              + " these weights do not fit; export to ONNX instead");
    }
    boolean mixed = config.tokens().positionedPrefix() % Math.max(1, config.prefixTokens()) != 0;
    ViTConfig written = mixed ? withoutPositions(config) : config;
    SafeTensorsWriter writer = new SafeTensorsWriter();
    Map.of(ConfigMetadata.KEY, ConfigMetadata.write(written), "format", "pt")
        .forEach(writer::metadata);
    notes.metadata().forEach(writer::metadata);
    for (Parameter parameter : network.parameters().all()) {
      add(writer, parameter, mixed ? network.parameters() : null);
    }
    ObjectNode json = TimmConfigJson.write(written, network, notes);
    try {
      Files.createDirectories(folder);
      writer.write(folder.resolve("model.safetensors"));
      AtomicFile.write(folder.resolve("config.json"), JsonWriter.bytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }

  private static ViTConfig withoutPositions(ViTConfig config) {
    TokenConfig tokens = config.tokens();
    return config.withTokens(tokens.withPositions(tokens.positions(), 0));
  }

  /** Adds a parameter; given all parameters, adds the class token's position to the token. */
  private static void add(SafeTensorsWriter writer, Parameter parameter, @Nullable Parameters all) {
    float[] values = parameter.value().toFloats();
    Shape shape = parameter.value().shape();
    if (all != null && parameter.name().equals(CLASS_TOKEN)) {
      float[] table = all.get(POSITIONS).value().toFloats();
      for (int i = 0; i < values.length; i++) {
        values[i] += table[i];
      }
    } else if (all != null && parameter.name().equals(POSITIONS)) {
      values = Arrays.copyOfRange(values, shape.dim(2), values.length);
      shape = shape.with(1, shape.dim(1) - 1);
    }
    writer.add(parameter.name(), shape, values);
  }
}
