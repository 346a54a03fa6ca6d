package io.github.maskalign.vit.weights.processor;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the preprocessing of the network in a weight file, in the files beside it.
 *
 * @since 0.1.0
 */
public final class ProcessorFiles {

  private static final String OPEN_CLIP = "open_clip";
  private static final String OPEN_CLIP_CONFIG = "open_clip_config.json";
  private static final String CONFIG = "config.json";

  private ProcessorFiles() {}

  /**
   * Reads the files beside a weight file: those of the library that wrote it; empty if none states
   * a preprocessing.
   *
   * @param weights the weight file, which decides in folders of several libraries
   * @param network size of its images, for files that do not state it
   * @throws FormatException if a file is damaged, or asks for what is not supported
   */
  public static Optional<Processor> find(
      Path weights, ImageSize network, ProcessorOptions options) {
    Path folder = weights.toAbsolutePath().getParent();
    boolean openClip = Files.exists(folder.resolve(OPEN_CLIP_CONFIG));
    if (openClip && weights.getFileName().toString().startsWith(OPEN_CLIP)) {
      return Optional.of(OpenClipProcessor.read(folder));
    }
    Optional<Processor> transformers = TransformersProcessor.find(folder, network, options);
    if (transformers.isPresent()) {
      return transformers;
    }
    Path config = folder.resolve(CONFIG);
    if (Files.exists(config)) {
      JsonNode json = JsonFiles.object(config, JsonKind.CONFIGURATION);
      if (TimmProcessor.isTimm(json)) {
        return Optional.of(TimmProcessor.read(config, json, network, options));
      }
    }
    return openClip ? Optional.of(OpenClipProcessor.read(folder)) : Optional.empty();
  }
}
