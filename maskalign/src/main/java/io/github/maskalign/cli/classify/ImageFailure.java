package io.github.maskalign.cli.classify;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** Failures of one image that leave the others unaffected. */
final class ImageFailure {

  private ImageFailure() {}

  /**
   * The message about an image that is damaged, missing, unreadable or too large; empty for a
   * failure of the program.
   */
  static Optional<String> message(String image, Throwable failure) {
    return switch (failure) {
      case DamagedPictureException e -> Optional.of(e.getMessage());
      case OutOfMemoryException e -> Optional.of(e.getMessage());
      case UncheckedIOException e -> {
        boolean missing = e.getCause() instanceof NoSuchFileException;
        yield Optional.of(
            Printable.line(image) + (missing ? ": no such file" : ": cannot be read"));
      }
      default -> Optional.empty();
    };
  }
}
