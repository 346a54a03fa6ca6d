package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Exports networks as folders that Hugging Face's transformers loads with {@code AutoModel} or
 * {@code AutoModelForImageClassification}: model.safetensors, config.json and
 * preprocessor_config.json.
 *
 * @since 0.1.0
 */
public final class HfExport {

  private static final String HEAD = "head.";

  private HfExport() {}

  /**
   * Writes a folder.
   *
   * @throws FormatException if transformers has no class that computes the same
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(Path folder, SavedNetwork network, ExportNotes notes) {
    notes.require(network.classes());
    ViTConfig config = network.config();
    HfClass kind = HfClass.of(network);
    HfTensors tensors =
        new HfTensors(kind.names(), name -> kind.has(name, config), kind.prefix(network.classes()));
    for (Parameter parameter : network.parameters().all()) {
      if (!parameter.name().startsWith(HEAD)) {
        tensors.add(parameter);
      }
    }
    if (kind.hasMaskToken()) {
      int width = config.width();
      Shape shape = kind == HfClass.DINOV3 ? Shape.of(1, 1, width) : Shape.of(1, width);
      tensors.put("embeddings.mask_token", shape, new float[width]);
    }
    SafeTensorsWriter writer = new SafeTensorsWriter();
    writer.metadata("format", "pt");
    notes.metadata().forEach(writer::metadata);
    tensors.write(writer);
    if (network.classes() > 0) {
      add(writer, network.parameters(), "weight");
      add(writer, network.parameters(), "bias");
    }
    ObjectNode json = kind.config(config, network.classes());
    addLabels(json, network.classes(), notes);
    try {
      Files.createDirectories(folder);
      writer.write(folder.resolve("model.safetensors"));
      AtomicFile.write(folder.resolve("config.json"), JsonWriter.bytes(json));
      AtomicFile.write(
          folder.resolve("preprocessor_config.json"),
          JsonWriter.bytes(ProcessorJson.write(notes.preprocessing())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }

  private static void add(SafeTensorsWriter writer, Parameters parameters, String what) {
    Parameter head = parameters.get(HEAD + what);
    writer.add("classifier." + what, head.value().shape(), head.value().toFloats());
  }

  private static void addLabels(ObjectNode json, int classes, ExportNotes notes) {
    if (classes == 0) {
      return;
    }
    ObjectNode byId = json.putObject("id2label");
    ObjectNode byLabel = json.putObject("label2id");
    for (int i = 0; i < classes; i++) {
      String label = notes.labels().isEmpty() ? "LABEL_" + i : notes.labels().get(i);
      byId.put(Integer.toString(i), label);
      byLabel.put(label, i);
    }
  }
}
