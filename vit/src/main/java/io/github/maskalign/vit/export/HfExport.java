package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Exports networks as folders that Hugging Face's transformers loads with {@code AutoModel} or
 * {@code AutoModelForImageClassification}: model.safetensors, config.json and
 * preprocessor_config.json.
 *
 * @since 0.1.0
 */
public final class HfExport {

  /** Begins the names of the parameters of one head or two. */
  private static final String HEAD = "head";

  private HfExport() {}

  /**
   * Writes a folder.
   *
   * @throws FormatException if transformers has no class that computes the same
   * @throws UncheckedIOException if it cannot be written
   */
  public static void write(Path folder, SavedNetwork network, ExportNotes notes) {
    notes.require(network.classes());
    HfClass kind = HfClass.of(network);
    SavedNetwork written = PrefixPositions.of(network, kind.positioned());
    ViTConfig config = written.config();
    ObjectNode processor = ProcessorJson.write(notes.preprocessing());
    HfTensors tensors =
        new HfTensors(kind.names(), name -> kind.has(name, config), kind.prefix(network.classes()));
    for (Parameter parameter : written.parameters().all()) {
      if (!parameter.name().startsWith(HEAD)) {
        tensors.add(parameter);
      }
    }
    addUnused(kind, network, tensors);
    SafeTensorsWriter writer = new SafeTensorsWriter();
    writer.metadata("format", "pt");
    notes.metadata().forEach(writer::metadata);
    tensors.write(writer);
    addHeads(writer, kind, network);
    ObjectNode json = kind.config(network);
    addLabels(json, network.classes(), notes);
    try {
      Files.createDirectories(folder);
      writer.write(folder.resolve("model.safetensors"));
      AtomicFile.write(folder.resolve("config.json"), JsonWriter.bytes(json));
      AtomicFile.write(folder.resolve("preprocessor_config.json"), JsonWriter.bytes(processor));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder, e);
    }
  }

  /** Tensors that transformers requires, and the network does not use. */
  private static void addUnused(HfClass kind, SavedNetwork network, HfTensors tensors) {
    int width = network.config().width();
    if (kind.hasMaskToken()) {
      Shape shape = kind == HfClass.DINOV3 ? Shape.of(1, 1, width) : Shape.of(1, width);
      tensors.put("embeddings.mask_token", shape, new float[width]);
    }
    if (kind == HfClass.CLIP && network.classes() > 0) {
      float[] ones = new float[width];
      Arrays.fill(ones, 1);
      tensors.put("vision_model.post_layernorm.weight", Shape.of(width), ones);
      tensors.put("vision_model.post_layernorm.bias", Shape.of(width), new float[width]);
    }
  }

  private static void addHeads(SafeTensorsWriter writer, HfClass kind, SavedNetwork network) {
    if (network.classes() == 0) {
      return;
    }
    Parameters parameters = network.parameters();
    if (network.config().output().pooling() == Pooling.CLASS_AND_DISTILLATION) {
      addHead(writer, "cls_classifier.", parameters, ImageClassifier.HEAD);
      addHead(writer, "distillation_classifier.", parameters, ViTClassifier.DISTILLED_HEAD);
    } else if (kind.seesClassAndMean()) {
      Parameter weight = parameters.get(ImageClassifier.HEAD + "weight");
      Shape shape = Shape.of(network.classes(), 2 * network.config().width());
      writer.add("classifier.weight", shape, classAndMean(network, weight.value().toFloats()));
      add(writer, "classifier.bias", parameters.get(ImageClassifier.HEAD + "bias"));
    } else {
      addHead(writer, "classifier.", parameters, ImageClassifier.HEAD);
    }
  }

  private static void addHead(
      SafeTensorsWriter writer, String name, Parameters parameters, String head) {
    add(writer, name + "weight", parameters.get(head + "weight"));
    add(writer, name + "bias", parameters.get(head + "bias"));
  }

  private static void add(SafeTensorsWriter writer, String name, Parameter parameter) {
    writer.add(name, parameter.value().shape(), parameter.value().toFloats());
  }

  /** A head on the class token or on the mean, with zeros for the other. */
  private static float[] classAndMean(SavedNetwork network, float[] weight) {
    Pooling pooling = network.config().output().pooling();
    if (pooling == Pooling.CLASS_AND_MEAN) {
      return weight;
    }
    int width = network.config().width();
    int first = pooling == Pooling.CLASS_TOKEN ? 0 : width;
    float[] padded = new float[2 * weight.length];
    for (int row = 0; row < network.classes(); row++) {
      System.arraycopy(weight, row * width, padded, 2 * row * width + first, width);
    }
    return padded;
  }

  private static void addLabels(ObjectNode json, int classes, ExportNotes notes) {
    if (classes == 0) {
      return;
    }
    notes.addProblemType(json, classes);
    ObjectNode byId = json.putObject("id2label");
    ObjectNode byLabel = json.putObject("label2id");
    for (int i = 0; i < classes; i++) {
      String label = notes.labels().isEmpty() ? "LABEL_" + i : notes.labels().get(i);
      byId.put(Integer.toString(i), label);
      byLabel.put(label, i);
    }
  }
}
