package service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class ImageServiceTest {

  @TempDir private Path model;

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  private static HttpResponse<String> post(String address, String type, byte[] body)
      throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  @Test
  void answersOverHttp() throws Exception {
    new ClipFiles()
        .writeHuggingFace(model, "quick_gelu", TinyVocabulary.ids().get("<|endoftext|>"));
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), "png", image);
    try (ConfigurableApplicationContext service =
        SpringApplication.run(
            ImageService.class, "--server.port=0", "--maskalign.clip.model=" + model)) {
      String home = "http://localhost:" + service.getEnvironment().getProperty("local.server.port");

      var embedding = post(home + "/embedding", "image/png", image.toByteArray());
      assertEquals(200, embedding.statusCode(), embedding.body());
      assertEquals(ClipFiles.PROJECTION, embedding.body().split(",").length, embedding.body());

      var similarity =
          post(
              home + "/similarity?text=a%20cat,%20a%20dog&text=a%20dog",
              "application/octet-stream",
              image.toByteArray());
      assertTrue(
          similarity
              .body()
              .matches(
                  "\\[\\{\"text\":\"a cat, a dog\",\"probability\":0\\.\\d+},"
                      + "\\{\"text\":\"a dog\",\"probability\":0\\.\\d+}]"),
          similarity.body());

      byte[] text = "not an image".getBytes(StandardCharsets.UTF_8);
      assertEquals(400, post(home + "/embedding", "image/png", text).statusCode());
      String tooLong = "dog%20".repeat(50);
      assertEquals(
          400,
          post(home + "/similarity?text=" + tooLong, "image/png", image.toByteArray())
              .statusCode());
      assertEquals(400, post(home + "/similarity", "image/png", image.toByteArray()).statusCode());
      // What curl sends by itself: Spring would read it as a form.
      String form = "application/x-www-form-urlencoded";
      assertEquals(415, post(home + "/embedding", form, image.toByteArray()).statusCode());

      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(home + "/actuator/health"));
      var health = send(request);
      assertTrue(health.body().contains("\"maskalign\":{\"status\":\"UP\"}"), health.body());

      request = HttpRequest.newBuilder(URI.create(home + "/actuator/metrics/maskalign.batch.size"));
      var size = send(request);
      // Two images and two texts.
      assertTrue(size.body().contains("{\"statistic\":\"TOTAL\",\"value\":4.0}"), size.body());
    }
  }
}
