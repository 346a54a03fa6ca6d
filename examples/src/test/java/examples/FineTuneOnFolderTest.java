package examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.embed.Embedder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FineTuneOnFolderTest {

  private static final Pattern TOP1 = Pattern.compile("top-1 ([0-9.]+) %");

  @TempDir private Path folder;

  private static double top1(Ran ran, String when) {
    String line = ran.out().stream().filter(each -> each.startsWith(when)).findFirst().orElse("");
    Matcher matcher = TOP1.matcher(line);
    assertTrue(matcher.find(), () -> ran.out() + " " + ran.failure());
    return Double.parseDouble(matcher.group(1));
  }

  @Test
  @Tag("slow")
  void learnsTheClassesOfAFolder() throws IOException {
    Path pictures = folder.resolve("pictures");
    DemoPictures.write(pictures, 400);
    Path run = folder.resolve("run");
    Ran ran = Ran.command(new FineTuneOnFolder(), pictures, "--epochs", 3, "--out", run, "--quiet");
    assertEquals(0, ran.status(), () -> ran.out() + " " + ran.failure());
    // The head knows nothing before; the network below knows clothes.
    double before = top1(ran, "Before");
    double after = top1(ran, "After");
    assertTrue(after > 50 && after > before + 25, () -> before + " -> " + after);
    try (Embedder embedder = Embedder.load(run.resolve("model.safetensors"))) {
      assertEquals(TrainTinyTeacher.CONFIG.width(), embedder.width());
    }
  }

  @Test
  void needsClasses() throws IOException {
    DemoPictures.write(folder.resolve("pictures"), 20);
    Ran ran = Ran.command(new FineTuneOnFolder(), folder.resolve("pictures/bag"));
    assertInstanceOf(ArgumentException.class, ran.failure());
    assertTrue(
        ran.failure().getMessage().contains(" has no classes; put "), ran.failure().getMessage());
  }
}
