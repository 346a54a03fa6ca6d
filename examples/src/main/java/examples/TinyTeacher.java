package examples;

import io.github.maskalign.TeacherId;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The embedded teacher, which {@link TrainTinyTeacher} made: a stand-in for CLIP. */
final class TinyTeacher {

  private static final String RESOURCE = "tiny-teacher.safetensors";
  private static final String NAME = "tiny ViT, supervised on Fashion-MNIST's train split";
  private static final String LICENSE = "Apache-2.0";

  private TinyTeacher() {}

  /** Loads it; the scope owns the weights. */
  static ViTTeacher load(Scope scope) {
    try {
      Path file = Files.createTempFile("maskalign", ".safetensors");
      try {
        unpack(file);
        TeacherId id = TeacherId.of(NAME, file, LICENSE);
        return ViTTeacher.load(scope, id, file, TinyModels.teacher(), InputAdapter.none());
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded teacher", e);
    }
  }

  /** Its weights, for an {@code Embedder}; the file goes away when the process ends. */
  static Path file() {
    try {
      Path file = Files.createTempFile("maskalign", ".safetensors");
      file.toFile().deleteOnExit();
      unpack(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded teacher", e);
    }
  }

  /** Unpacks the weights, in place of a file that may be there. */
  static void copyTo(Path file) {
    try {
      unpack(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded teacher to " + file, e);
    }
  }

  private static void unpack(Path file) throws IOException {
    try (InputStream in = TinyTeacher.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its resource " + RESOURCE);
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
