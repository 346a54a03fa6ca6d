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

      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(home + "/embedding"));
      var embedding = send(request.POST(BodyPublishers.ofByteArray(image.toByteArray())));
      assertEquals(200, embedding.statusCode(), embedding.body());
      assertEquals(ClipFiles.PROJECTION, embedding.body().split(",").length, embedding.body());

      request = HttpRequest.newBuilder(URI.create(home + "/similarity?text=a%20cat&text=a%20dog"));
      var similarity = send(request.POST(BodyPublishers.ofByteArray(image.toByteArray())));
      assertTrue(
          similarity.body().matches("\\{\"a cat\":0\\.\\d+,\"a dog\":0\\.\\d+}"),
          similarity.body());

      request = HttpRequest.newBuilder(URI.create(home + "/embedding"));
      var refused = send(request.POST(BodyPublishers.ofString("not an image")));
      assertEquals(400, refused.statusCode(), refused.body());

      request = HttpRequest.newBuilder(URI.create(home + "/actuator/health"));
      var health = send(request);
      assertTrue(health.body().contains("\"maskalign\":{\"status\":\"UP\"}"), health.body());

      request = HttpRequest.newBuilder(URI.create(home + "/actuator/metrics/maskalign.batch.size"));
      var size = send(request);
      // Two images and two texts.
      assertTrue(size.body().contains("{\"statistic\":\"TOTAL\",\"value\":4.0}"), size.body());
    }
  }
}
