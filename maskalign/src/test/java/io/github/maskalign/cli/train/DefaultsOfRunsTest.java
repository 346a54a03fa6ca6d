package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose settings are left to the data. */
class DefaultsOfRunsTest {

  @TempDir private static Path folder;
  private static Path teacher;

  @BeforeAll
  static void makeATeacher() {
    teacher = folder.resolve("teacher");
    Ran ran = Ran.finetune(teacher);
    assertTrue(ran.out().contains("batch 40; peak"), ran.out());
  }

  private static Ran pretrain(Path out, String... more) {
    return Ran.command(
        new PretrainCommand(),
        Stream.concat(
                Stream.of(
                    "--data=fashion-mnist[:40]",
                    "--teacher=" + teacher,
                    "--levels=top1",
                    "--out=" + out),
                Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void theEstimateChangesNoBitAndTheDefaultsAreStored() {
    Path told = folder.resolve("told");
    Ran loud = pretrain(told, "--epochs=2");
    assertEquals(0, loud.status(), loud.error());
    assertTrue(loud.out().contains("for 2 epochs, without evaluation"), loud.out());
    assertTrue(loud.out().indexOf("Time: about") < loud.out().indexOf("Weights:"), loud.out());
    Path quiet = folder.resolve("quiet");
    Ran silent = pretrain(quiet, "--epochs=2", "--quiet");
    assertFalse(silent.out().contains("Time:"), silent.out());
    try (SafeTensorsFile a = SafeTensorsFile.open(told.resolve("student.safetensors"));
        SafeTensorsFile b = SafeTensorsFile.open(quiet.resolve("student.safetensors"))) {
      a.names().forEach(name -> assertArrayEquals(a.floats(name), b.floats(name), name));
    }
    Map<?, ?> stored = new RunFolder(told).config(Map.class);
    assertEquals(
        List.of("2", "40", "0.4", "16x2x2", "28", "14"),
        Stream.of("epochs", "batch", "warmup", "model", "image-size", "patch-size")
            .map(stored::get)
            .toList());
    Ran resumed = pretrain(told, "--resume", "--quiet");
    assertEquals(0, resumed.status(), resumed.error());
    assertTrue(resumed.out().contains("Resumed after step 2"), resumed.out());
    Ran other = pretrain(told, "--resume", "--quiet", "--epochs=3", "--warmup=0.4");
    assertTrue(other.error().contains("--epochs is 3, was 2"), other.error());
  }

  @Test
  void aRunOfAnEarlierVersionKeepsItsSize() throws IOException {
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    PretrainSettings asked =
        schema.build(Map.of("out", folder.resolve("old").toString(), "resume", "true"));
    Map<String, String> before = schema.values(asked);
    before.putAll(Map.of("epochs", "400", "batch", "64", "warmup", "40.0"));
    RunFolder old = RunFolder.at(folder.resolve("old"));
    old.saveConfig(before);
    PretrainSettings now = RunStart.continued(asked.run(), schema, asked).completed(500, null);
    assertEquals("base", now.student().model());
    assertEquals(224, now.student().imageSize());
    assertEquals(16, now.student().patchSize());
    assertEquals(400, now.schedule().epochs());
    assertEquals(64, now.schedule().batch());
    assertTrue(Files.exists(old.configFile()));
  }

  @Test
  void whatTheTeacherLacksIsSaidBeforeTheDataIsOpened() {
    Ran ran = Ran.command(new PretrainCommand(), "--data=" + folder.resolve("no-such-folder"));
    assertTrue(
        ran.error().startsWith("--teacher clip_b16: hf:openai/clip-vit-base-patch16: offline mode"),
        ran.error());
    assertTrue(
        ran.error()
            .endsWith(
                "or give its files with --teacher-weights, or choose another --teacher, such as tiny"),
        ran.error());
    Ran wrong = Ran.command(new PretrainCommand(), "--data=x", "--teacher=no-such-folder");
    assertTrue(
        wrong
            .error()
            .startsWith("--teacher: 'no-such-folder' is not known; choose one of clip_b16"),
        wrong.error());
    assertTrue(
        wrong.error().endsWith(", tiny, hf:ORG/NAME, or a weight file or folder that exists"),
        wrong.error());
  }
}
