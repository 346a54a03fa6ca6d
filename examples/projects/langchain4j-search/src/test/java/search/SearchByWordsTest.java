package search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.ClipFiles;
import io.github.maskalign.vit.text.token.TinyVocabulary;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchByWordsTest {

  @TempDir private Path model;
  @TempDir private Path images;

  @Test
  void printsImagesByTheirScore() throws Exception {
    new ClipFiles()
        .writeHuggingFace(model, "quick_gelu", TinyVocabulary.ids().get("<|endoftext|>"));
    for (int i = 0; i < 3; i++) {
      BufferedImage image = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
      image.createGraphics().fillRect(0, 0, 5 + 5 * i, 20);
      ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
    }
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      SearchByWords.main(new String[] {model.toString(), images.toString(), "a photo of a cat"});
    } finally {
      System.setOut(out);
    }
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(lines.getFirst().matches("0\\.\\d{4}  \\d\\.png"), lines.toString());
    assertEquals(lines.stream().sorted().toList(), lines.reversed());
  }
}
