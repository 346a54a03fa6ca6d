package service;

import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
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

    private final Clip clip;

    Images(Clip clip) {
      this.clip = clip;
    }

    /** The embedding of an image. */
    @PostMapping("/embedding")
    float[] embedding(@RequestBody byte[] image) {
      return clip.images().embed(new ByteArrayInputStream(image));
    }

    /** The probability of each text for an image. */
    @PostMapping("/similarity")
    Map<String, Float> similarity(
        @RequestParam("text") List<String> texts, @RequestBody byte[] image) {
      float[] found =
          clip.classifier(texts)
              .probabilities(clip.images().embed(new ByteArrayInputStream(image)));
      Map<String, Float> all = new LinkedHashMap<>();
      for (int i = 0; i < found.length; i++) {
        all.put(texts.get(i), found[i]);
      }
      return all;
    }

    /** What a sender of something else than an image is told. */
    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Map<String, String> damaged(DamagedPictureException e) {
      return Map.of("error", String.valueOf(e.getMessage()));
    }
  }
}
