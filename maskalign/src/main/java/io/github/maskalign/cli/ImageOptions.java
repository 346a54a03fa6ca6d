package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.weights.processor.ImageBackend;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The option {@code --image-backend}: picocli's {@code @Mixin} for commands that read the
 * preprocessing of published networks. Settings records declare theirs with the same text.
 *
 * @since 0.1.0
 */
public final class ImageOptions {

  /** Describes {@code --image-backend}. */
  public static final String IMAGE_BACKEND =
      "Library whose pixels the image processors of transformers have";

  /** Describes its default. */
  public static final String DEFAULT = "torchvision, as in transformers 5";

  @Option(
      names = "--image-backend",
      paramLabel = "NAME",
      description =
          IMAGE_BACKEND
              + ": pillow or torchvision (default: "
              + DEFAULT
              + "). timm and OpenCLIP always have Pillow's.")
  private @Nullable String imageBackend;

  /** For picocli. */
  public ImageOptions() {}

  /**
   * What the files of the preprocessing leave open.
   *
   * @throws ArgumentException if there is no such library
   */
  public ProcessorOptions processing() {
    return processing(imageBackend == null ? null : parsed(imageBackend));
  }

  /** The options with a library; the default if null. */
  public static ProcessorOptions processing(@Nullable ImageBackend backend) {
    return ProcessorOptions.defaults().withImageBackend(backend);
  }

  private static ImageBackend parsed(String name) {
    for (ImageBackend each : ImageBackend.values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    throw new ArgumentException("--image-backend " + name + ": expected pillow or torchvision");
  }
}
