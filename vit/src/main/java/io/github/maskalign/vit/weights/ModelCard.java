package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.processor.Processor;
import io.github.maskalign.vit.weights.processor.ProcessorFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How to use a network, as stated by its weight file and the files beside it: the metadata of files
 * of this library, or the preprocessing of transformers, timm or OpenCLIP.
 *
 * @param preprocessing of images
 * @param license of the weights
 * @param notes what was assumed or passed over, a line each
 * @param stated whether a file states the preprocessing; else it is assumed
 * @since 0.1.0
 */
public record ModelCard(
    Preprocessing preprocessing, String license, List<String> notes, boolean stated) {

  private static final String NOTE = "pixels";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String LICENSE = "license";
  // The spelling of files that earlier versions wrote.
  private static final String BRITISH_LICENSE = "licence";
  private static final String UNKNOWN = "not stated";

  private static final int MAX_CHANNELS = 64;

  /** How many times the size of a network's images those of its files may be. */
  private static final int MAX_ENLARGED = 8;

  /** Copies the list. */
  public ModelCard {
    notes = List.copyOf(notes);
  }

  /**
   * Reads the card of a network. Without any statistics, those of the family as published apply, or
   * of ImageNet.
   *
   * @throws FormatException if a file beside the weights is damaged
   */
  public static ModelCard of(NetworkFile network) {
    WeightFile file = network.file();
    Path first = file.files().getFirst();
    String license = license(file.metadata()).orElseGet(() -> license(first));
    ViTConfig own = network.config();
    String note = file.metadata().get(NOTE);
    if (note != null) {
      String name = first + ", metadata '" + NOTE + "'";
      JsonNode json = JsonFiles.object(name, note, JsonKind.CONFIGURATION);
      Preprocessing noted = checked(name, () -> ofNote(json, own));
      return new ModelCard(noted, license, notes(network, noted, List.of()), true);
    }
    Processor found =
        ProcessorFiles.find(first, own.imageSize(), network.processing())
            .orElseGet(() -> unstated(first, network));
    Preprocessing fitting =
        checked(first.toString(), () -> found.preprocessing().withChannels(own.channels()));
    if (fitting.resize() instanceof ResizeRule.WholePatches(int side, int _)
        && side != own.patchSize()) {
      throw new FormatException(
          "%s: the preprocessing beside it makes patches of %d pixels, the network has %d"
              .formatted(first, side, own.patchSize()));
    }
    return new ModelCard(fitting, license, notes(network, fitting, found.notes()), found.stated());
  }

  private static List<String> notes(NetworkFile network, Preprocessing used, List<String> notes) {
    String file = network.file().files().getFirst().toString();
    return Stream.of(
            network.notes(),
            notes,
            network.processing().ignoredBackend(file, used).stream().toList())
        .flatMap(List::stream)
        .toList();
  }

  private static Processor unstated(Path weights, NetworkFile network) {
    ViTConfig config = network.config();
    return network
        .published()
        .map(known -> known.processor(weights, config.input(), network.processing()))
        .orElseGet(() -> imageNet(weights, network));
  }

  private static Processor imageNet(Path weights, NetworkFile network) {
    ViTConfig config = network.config();
    boolean guessed = network.configSource() == NetworkFile.ConfigSource.SHAPES;
    ChannelStats stats = ChannelStats.imageNet().forChannels(config.channels());
    return new Processor(
        Preprocessing.of(config.imageSize(), stats),
        List.of(
            "%s: states no preprocessing; ImageNet's statistics apply%s"
                .formatted(
                    weights, guessed ? ", though networks with such names have several" : "")),
        false);
  }

  private static String license(Path weights) {
    Path config = weights.resolveSibling("config.json");
    if (!Files.exists(config)) {
      return UNKNOWN;
    }
    JsonNode timm = JsonFiles.object(config, JsonKind.CONFIGURATION).path("pretrained_cfg");
    return timm.path(LICENSE).asText(timm.path(BRITISH_LICENSE).asText(UNKNOWN));
  }

  private static Preprocessing checked(String name, Supplier<Preprocessing> read) {
    try {
      return read.get();
    } catch (TensorException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
  }

  private static Preprocessing ofNote(JsonNode note, ViTConfig config) {
    return Preprocessing.of(config.imageSize(), stats(note, config));
  }

  /** The license in the metadata of a weight file; empty if it states none. */
  public static Optional<String> license(Map<String, String> metadata) {
    return Optional.ofNullable(metadata.get(LICENSE))
        .or(() -> Optional.ofNullable(metadata.get(BRITISH_LICENSE)));
  }

  /**
   * The size of the images that its files state, if it has a patch; else the network's.
   *
   * @throws FormatException if it is many times as large
   */
  public ImageSize imageSize(NetworkFile file) {
    ImageSize own = file.config().imageSize();
    ImageSize stated = preprocessing.size().orElse(own);
    boolean table = file.config().tokens().positions() != PositionEmbedding.ROTARY;
    int most = file.config().patchSize() * ConfigFit.MAX_GRID;
    int maxHeight = table ? own.height() * MAX_ENLARGED - 1 : most;
    int maxWidth = table ? own.width() * MAX_ENLARGED - 1 : most;
    if (stated.height() > maxHeight || stated.width() > maxWidth) {
      throw new FormatException(
          "%s: the preprocessing beside it makes images of %s pixels, the network is for %s"
              .formatted(file.file().description(), stated, own));
    }
    int patch = file.config().patchSize();
    return stated.height() >= patch && stated.width() >= patch ? stated : own;
  }

  /** For images of another size; a note says so where the preprocessing keeps their shapes. */
  public ModelCard withSize(ImageSize imageSize) {
    List<String> all = new ArrayList<>(notes);
    if (preprocessing.variablePatches()) {
      all.add(
          "Images are resized to %s x %s pixels; Embedder, Clip and Classifier keep their shapes"
              .formatted(imageSize.height(), imageSize.width()));
    }
    return new ModelCard(preprocessing.withSize(imageSize), license, all, stated);
  }

  /** For images of another size, unless the preprocessing keeps their shapes. */
  public ModelCard withSizeIfFixed(ImageSize imageSize) {
    return preprocessing.variablePatches() ? this : withSize(imageSize);
  }

  /** The statistics by which images are normalized. */
  public ChannelStats stats() {
    return preprocessing.stats();
  }

  /** Metadata for weight files, which {@link #of} reads. */
  public static Map<String, String> note(ChannelStats stats) {
    ObjectNode note = JsonNodeFactory.instance.objectNode();
    Arrays.stream(stats.mean()).forEach(note.putArray(MEAN)::add);
    Arrays.stream(stats.std()).forEach(note.putArray(STD)::add);
    return Map.of(NOTE, note.toString());
  }

  private static ChannelStats stats(JsonNode json, ViTConfig config) {
    return json.has(MEAN) && json.has(STD)
        ? new ChannelStats(numbers(MEAN, json.get(MEAN)), numbers(STD, json.get(STD)))
        : ChannelStats.imageNet().forChannels(config.channels());
  }

  private static double[] numbers(String key, JsonNode list) {
    double[] numbers = new double[Math.min(list.size(), MAX_CHANNELS)];
    for (int i = 0; i < list.size(); i++) {
      if (i == MAX_CHANNELS || !list.get(i).isNumber()) {
        throw new FormatException("'%s' is not a list of numbers, one per channel".formatted(key));
      }
      numbers[i] = list.get(i).doubleValue();
    }
    return numbers;
  }
}
