package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Exports networks as folders that timm loads: model.safetensors and config.json.
 *
 * @since 0.1.0
 */
public final class TimmExport {

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
    notes.require(network.classes());
    ViTConfig config = network.config();
    if (config.tokens().positions() == PositionEmbedding.ROTARY
        || config.blocks().activation().isGated()) {
      throw new FormatException(
          "timm export: timm implements rotary positions and gated MLPs with other parameters, so"
              + " these weights do not fit; export to ONNX instead");
    }
    boolean mixed = config.tokens().positionedPrefix() % Math.max(1, config.prefixTokens()) != 0;
    SavedNetwork written = mixed ? PrefixPositions.of(network, 0) : network;
    ObjectNode json = TimmConfigJson.write(written, notes);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    Map.of(ConfigMetadata.KEY, ConfigMetadata.write(written.config()), "format", "pt")
        .forEach(writer::metadata);
    notes.metadata().forEach(writer::metadata);
    for (Parameter parameter : written.parameters().all()) {
      writer.add(parameter.name(), parameter.value().shape(), parameter.value().toFloats());
    }
    try {
      Files.createDirectories(folder);
      writer.write(folder.resolve("model.safetensors"));
      AtomicFile.write(folder.resolve("config.json"), JsonWriter.bytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }
}
