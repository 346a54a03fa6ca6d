package service;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Embeds images and compares them with texts, over HTTP. */
@SpringBootApplication
public class ImageService {

  public static void main(String[] args) {
    SpringApplication.run(ImageService.class, args);
  }

  /** The service's requests. The starter loads the CLIP that application.yaml names. */
  @RestController
  static class Images {

    /** A text, and its probability among those of the request. */
    record Similarity(String text, float probability) {}

    private static final String IMAGES = "image/*";
    private static final String BYTES = "application/octet-stream";
    private static final String LENGTH = "Content-Length";
    private static final int MAX_BYTES = 16 << 20;

    private final Clip clip;

    Images(Clip clip) {
      this.clip = clip;
    }

    /** The embedding of an image. */
    @PostMapping(
        value = "/embedding",
        consumes = {IMAGES, BYTES})
    float[] embedding(InputStream image, @RequestHeader(LENGTH) long length) throws IOException {
      return clip.images().embed(read(image, length));
    }

    /** The probability of each text for an image. */
    @PostMapping(
        value = "/similarity",
        consumes = {IMAGES, BYTES})
    List<Similarity> similarity(
        // Not a list, whose only element Spring would split at commas.
        @RequestParam MultiValueMap<String, String> parameters,
        InputStream image,
        @RequestHeader(LENGTH) long length)
        throws IOException {
      List<String> texts = parameters.getOrDefault("text", List.of());
      float[] found = clip.similarity(read(image, length), texts);
      return IntStream.range(0, found.length)
          .mapToObj(i -> new Similarity(texts.get(i), found[i]))
          .toList();
    }

    private static byte[] read(InputStream image, long length) throws IOException {
      if (length > MAX_BYTES) {
        throw new ArgumentException("images must not exceed %d bytes".formatted(MAX_BYTES));
      }
      return image.readNBytes(MAX_BYTES);
    }

    /** Reports an upload that is not an image, and texts that are missing or too long. */
    @ExceptionHandler({
      DamagedPictureException.class,
      ArgumentException.class,
      ShapeException.class
    })
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Map<String, String> refused(RuntimeException e) {
      return Map.of("error", String.valueOf(e.getMessage()));
    }
  }
}
