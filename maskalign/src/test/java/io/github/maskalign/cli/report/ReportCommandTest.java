package io.github.maskalign.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReportCommandTest {

  private static final Pattern SOURCE =
      Pattern.compile("(?:src|href|url)\\s*[=(]\\s*\"?([^\"]{5})");

  @TempDir private Path folder;
  private Path run;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void makeRun() throws IOException {
    run = Files.createDirectory(folder.resolve("a <b>run"));
    config("eval-data", "fashion-mnist");
    new RunFolder(run)
        .saveScores(
            List.of(
                new FeatureScore("raw <pixels>", 81.94, 82.9),
                new FeatureScore("teacher", 91, null)));
    List<String> log = new ArrayList<>();
    for (int step = 1; step <= 10; step++) {
      log.add(
          "{\"step\":%d,\"epoch\":%d,\"loss\":%s,\"lr\":0.1,\"grad_norm\":null,\"images_per_s\":10.5"
                  .formatted(step, (step - 1) / 5, 1.0 / step)
              + (step % 5 == 0
                  ? ",\"train_s\":9,\"knn\":%d,\"mix_3_0\":-0.5,\"mix_3_1\":1}".formatted(40 + step)
                  : "}"));
    }
    Files.write(run.resolve("log.jsonl"), log);
  }

  private void config(String key, String value) throws IOException {
    Files.writeString(
        run.resolve("config.json"),
        """
        {"%s": "%s", "teacher": "gone.safetensors", "mask": "attentive", "mask-ratio": "0.7",
         "note": "<script>alert('1')</script> & \\"more\\""}
        """
            .formatted(key, value));
  }

  private void saveStudent() {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), ViTConfig.of(28, 7, 16, 1, 2).withChannels(1));
      Weights.save(
          run.resolve("student.safetensors"), parameters, ModelCard.note(ChannelStats.half(1)));
    }
  }

  private int report(String... more) {
    List<String> words = new ArrayList<>(List.of(run.toString(), "--gallery", "20"));
    words.addAll(List.of(more));
    return new CommandLine(new ReportCommand())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words.toArray(String[]::new));
  }

  private String page() throws IOException {
    return Files.readString(run.resolve("report.html"));
  }

  @Test
  void thePageNeedsNothingElseAndShowsTextAsText() throws IOException {
    saveStudent();
    assertEquals(0, report("--backend", "reference"), err::toString);
    String page = page();
    assertFalse(page.contains("<script"), "a script");
    assertTrue(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;more"));
    assertTrue(page.contains("<title>a &lt;b&gt;run</title>"));
    Matcher sources = SOURCE.matcher(page);
    int pictures = 0;
    while (sources.find()) {
      assertEquals("data:", sources.group(1));
      pictures++;
    }
    assertEquals(6 * 6 + 6 * 3 + 6 * 7, pictures);
  }

  @Test
  void itHasEverySection() throws IOException {
    saveStudent();
    assertEquals(0, report("--backend", "reference"), err::toString);
    String page = page();
    for (String title :
        List.of(
            "Curves",
            "Scores",
            "Mixing matrix W over time",
            "Frozen features, top-1 in %",
            "Masks",
            "Attention and patch features",
            "Nearest neighbors",
            "Machine",
            "Settings")) {
      assertTrue(page.contains("<h2>" + title + "</h2>"), title);
    }
    assertFalse(page.contains("Not drawn"), page);
    assertTrue(page.contains("<td class=\"number\">45</td>"), "k-NN of epoch 1");
    assertTrue(page.contains("teacher 3, student 0: -0.5"), "W");
    assertTrue(page.contains("<td>raw &lt;pixels&gt;</td><td class=\"number\">81.9</td>"), page);
    assertTrue(page.contains("<td>teacher</td><td class=\"number\">91.0</td><td></td>"), page);
    assertTrue(page.contains("last in the log</td><td class=\"number\">50.0</td>"), page);
    assertTrue(page.contains("by the attention of the student,"), "the teacher is gone");
    assertFalse(page.contains("gradient norm"), "a curve without points");
  }

  @Test
  void whatCannotBeDrawnIsNamed() throws IOException {
    assertEquals(0, report());
    assertTrue(page().contains("Not drawn: the run has no checkpoint yet"), page());
    saveStudent();
    config("data", "moved/away");
    assertEquals(0, report());
    assertTrue(page().contains("Not drawn: the images of the run were not found"), page());
    assertTrue(page().contains("moved/away"), page());
    assertEquals(0, report("--data", "fashion-mnist", "--backend", "reference"));
    assertFalse(page().contains("Not drawn"), page());
    assertEquals(0, report("--data", "fashion-mnist", "--teacher", run.resolve("none").toString()));
    assertTrue(page().contains("<h2>Masks</h2>\n<p class=\"note\">Not drawn"));
    assertFalse(page().contains("<h2>Nearest neighbors</h2>\n<p class=\"note\">Not drawn"));
  }

  @Test
  void aFolderThatIsNoRunIsRefused() throws IOException {
    Files.delete(run.resolve("log.jsonl"));
    assertEquals(1, report());
    assertTrue(err.toString().contains("is not the folder of a run: there is no log.jsonl"));
    RunFolder.at(run.resolve("runs").resolve("new"));
    Path given = run;
    run = given.resolve("runs");
    assertEquals(1, report());
    assertTrue(err.toString().contains("a folder that contains runs; give one of them, such as "));
    run = run.resolve("new");
    assertEquals(1, report());
    assertTrue(err.toString().contains("new: a run that has logged nothing yet"), err::toString);
    run = given;
    Files.createFile(run.resolve("log.jsonl"));
    assertEquals(1, report());
    assertTrue(err.toString().contains("is empty: nothing was logged yet"), err::toString);
    assertTrue(Files.notExists(run.resolve("report.html")));
  }

  @Test
  void ofARunThatDidNotLogItTheMixIsThatOfTheCheckpoints() throws IOException {
    Path log = run.resolve("log.jsonl");
    Files.writeString(log, Files.readString(log).replaceAll(",\"mix_[^}]*", ""));
    Path checkpoint = Files.createDirectories(run.resolve("checkpoints/step-7"));
    new SafeTensorsWriter()
        .add("distill_weights", Shape.of(2, 2), new float[] {1, 0.25f, -0.75f, 1})
        .write(checkpoint.resolve("student.safetensors"));
    assertEquals(0, report(), err::toString);
    assertTrue(page().contains("<figcaption>step 7</figcaption>"), page());
    assertTrue(page().contains("teacher 1, student 0: -0.75"), page());
  }

  @Test
  void aMaskedAutoencoderHidesAtRandom() throws IOException {
    saveStudent();
    config("method", "mae");
    assertEquals(0, report("--backend", "reference", "--data", "fashion-mnist"), err::toString);
    assertTrue(page().contains("(mask random, ratio 0.7)"), page());
  }
}
