package io.github.maskalign.vectors.kinds;

import io.github.maskalign.vectors.cases.VectorCase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The published folders of cases. */
final class ModelFolder {

  /** What transformers and timm read in a folder that OpenCLIP reads too. */
  private static final List<String> OTHERS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private ModelFolder() {}

  /** The folder, or the file in it that the library of the case reads and OpenCLIP does not. */
  static Path path(VectorCase given) {
    Path folder = given.manifest().root().resolve(given.text("folder"));
    boolean ofOpenClip = given.text("library").equals("open_clip");
    return !ofOpenClip && Files.exists(folder.resolve("open_clip_config.json"))
        ? OTHERS.stream().map(folder::resolve).filter(Files::exists).findFirst().orElse(folder)
        : folder;
  }
}
