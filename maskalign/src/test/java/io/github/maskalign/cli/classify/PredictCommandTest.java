package io.github.maskalign.cli.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.Nets;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.classifier.ClassifierCard;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class PredictCommandTest {

  private static final List<String> CLASSES = List.of("cat", "dog, hound", "say \"moo\"");

  @TempDir private Path folder;
  private Path model;
  private Path pictures;

  private record Ran(int status, List<String> out, String err) {}

  private Ran run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        new CommandLine(new PredictCommand())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                Stream.concat(
                        Stream.of("--weights", model, "--backend", "reference"),
                        Stream.of(arguments))
                    .map(String::valueOf)
                    .toArray(String[]::new));
    return new Ran(status, out.toString().lines().toList(), err.toString());
  }

  @BeforeEach
  void write() throws IOException {
    model = folder.resolve("model.safetensors");
    pictures = Files.createDirectories(folder.resolve("pictures"));
    try (Backend backend = Nets.reference();
        Scope scope = Scope.root(backend, "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViTConfig config = ViTConfig.of(8, 4, 12, 1, 1);
      ViTClassifier.create(parameters.root(), config, Pooling.CLASS_TOKEN, 3);
      scope
          .backend()
          .copy(scope.eager().of(new float[] {0, 2, 1}, 3), parameters.get("head.bias").value());
      ClassifierCard card = new ClassifierCard(ClassifierCard.Head.CLS, CLASSES);
      Weights.save(model, parameters, card.metadata(ChannelStats.imageNet()));
    }
    for (int i = 0; i < 12; i++) {
      BufferedImage image = new BufferedImage(8 + i, 8, BufferedImage.TYPE_3BYTE_BGR);
      ImageIO.write(image, "png", pictures.resolve("p%02d.png".formatted(i)).toFile());
    }
  }

  @Test
  void theBestClassesOfAnImageArePrinted() {
    Path image = pictures.resolve("p03.png");
    Ran ran = run("--top", 2, image);
    assertEquals(0, ran.status);
    assertEquals(
        List.of(image.toString(), "   66.52%      1  dog, hound", "   24.47%      2  say \"moo\""),
        ran.out);
    assertTrue(ran.err.contains("3 classes, one per image"), ran.err);
  }

  @Test
  void aFolderIsPrintedInItsOrderAndDamagedImagesAreSkipped() throws IOException {
    Files.writeString(pictures.resolve("p05.png"), "no image");
    Path none = folder.resolve("none.png");
    Ran ran = run("--csv", "--top", 1, pictures, none);
    assertEquals(1, ran.status);
    assertEquals("image,rank,number,label,probability", ran.out.getFirst());
    assertEquals(12, ran.out.size());
    for (int i = 0, line = 1; i < 12; i++) {
      if (i != 5) {
        String row = ran.out.get(line++);
        assertTrue(row.matches(".*p%02d\\.png,1,1,\"dog, hound\",0\\.66\\d+".formatted(i)), row);
      }
    }
    assertTrue(ran.err.contains("p05.png"), ran.err);
    assertTrue(ran.err.contains("none.png: no such file"), ran.err);
  }

  @Test
  void jsonHasALinePerImage() throws IOException {
    Ran ran = run("--json", pictures);
    assertEquals(0, ran.status);
    assertEquals(12, ran.out.size());
    JsonNode line = new ObjectMapper().readTree(ran.out.get(7));
    assertTrue(line.get("image").textValue().endsWith("p07.png"));
    JsonNode last = line.get("predictions").get(2);
    assertEquals("cat", last.get("label").textValue());
    assertEquals(0, last.get("number").intValue());
    assertEquals(0.09, last.get("probability").doubleValue(), 0.001);
    assertEquals("say \"moo\"", line.get("predictions").get(1).get("label").textValue());
  }

  @Test
  void whatThePreprocessingLeavesOutIsPrinted() {
    Ran ran = run("--image-backend", "torchvision", pictures.resolve("p03.png"));
    assertEquals(0, ran.status);
    assertTrue(ran.err.contains("images are resized as by Pillow"), ran.err);
    assertFalse(run(pictures.resolve("p03.png")).err.contains("Pillow"));
    Ran other = run("--image-backend", "tv", pictures.resolve("p03.png"));
    assertEquals(1, other.status);
    assertTrue(other.err.contains("tv: expected pillow or torchvision"), other.err);
  }

  @Test
  void formatsExcludeEachOther() {
    assertEquals(2, run("--json", "--csv", pictures).status);
  }
}
