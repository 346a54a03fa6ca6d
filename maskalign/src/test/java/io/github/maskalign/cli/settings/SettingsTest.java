package io.github.maskalign.cli.settings;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.settings.groups.FinetuneSettings;
import io.github.maskalign.cli.settings.groups.PretrainData;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.ProbeSettings;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class SettingsTest {

  private static SettingsOptions<PretrainSettings> parse(String... arguments) {
    SettingsOptions<PretrainSettings> options =
        SettingsOptions.of(PretrainSettings.class, "pretrain");
    CommandSpec command = CommandSpec.create();
    options.addTo(command);
    new CommandLine(command).parseArgs(arguments);
    return options;
  }

  private static String refusal(String... arguments) {
    return assertThrows(RuntimeException.class, () -> parse(arguments).resolve()).getMessage();
  }

  @Test
  void standardValuesAreThoseOfTheRecords() {
    PretrainSettings settings = parse().resolve();
    assertNull(settings.schedule().epochs(), "left to the data");
    assertEquals(0.7, settings.alignment().maskRatio());
    assertEquals(MaskKind.ATTENTIVE, settings.alignment().mask());
    assertEquals(new LevelWeights.Top(5), settings.alignment().levels());
    assertEquals(Precision.F32, settings.machine().precision());
    assertNull(settings.pictures().data());
    assertNull(settings.optimizer().clipGrad());
  }

  @Test
  void laterSourcesCount(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "# mine\nepochs: 30\nmask_ratio: 0.5\nseed: 7\n");
    SettingsOptions<PretrainSettings> options =
        parse("--recipe=official-b", "--seed=9", "--config=" + file, "--resume");
    PretrainSettings settings = options.resolve();
    assertEquals(1024, settings.schedule().effectiveBatch());
    assertEquals(6e-4, settings.schedule().peak(), 1e-12);
    assertEquals(30, settings.schedule().epochs());
    assertEquals(0.5, settings.alignment().maskRatio());
    assertEquals(9, settings.run().seed());
    assertTrue(settings.run().resume());
    assertEquals(
        "batch 128 x 8 accumulated = 1024; peak learning rate 0.000150 x 1024 / 256 = 0.0006000;"
            + " 20.0 of 30 epochs warm-up; final learning rate 1.0E-5",
        settings.schedule().explanation());
  }

  @Test
  void jsonIsReadToo(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, "{\"epochs\": 3, \"clip-grad\": null, \"mask\": \"random\"}");
    PretrainSettings settings = parse("--clip-grad=2", "--config=" + file).resolve();
    assertEquals(3, settings.schedule().epochs());
    assertEquals(2.0, settings.optimizer().clipGrad());
    assertEquals(MaskKind.RANDOM, settings.alignment().mask());
  }

  @Test
  void whatIsPrintedReadsAsTheSame(@TempDir Path folder) throws IOException {
    SettingsOptions<PretrainSettings> first =
        parse("--recipe=official-l", "--data=a b: #c", "--clip-grad=0.25", "--levels=mid3");
    Path file = folder.resolve("printed.yaml");
    String printed = first.print();
    Files.writeString(file, printed);
    assertEquals(first.resolve(), parse("--config", file.toString()).resolve());
    assertTrue(printed.contains("# recipe official-l"), printed);
    assertTrue(printed.contains("# option"), printed);
    assertFalse(first.printRequested());
    assertTrue(parse("--print-config").printRequested());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--epochs=ten|--epochs: 'ten' is not an integer",
        "--mask-ratio=much|--mask-ratio: 'much' is not a finite number",
        "--blr=NaN|--blr: 'NaN' is not a finite number",
        "--mask=hidden|'hidden' is not known; choose one of random, attentive",
        "--gray=perhaps|--gray: 'perhaps' is neither true nor false",
        "--precision=f8|--precision: unknown value 'f8'; choose one of",
        "--levels=all|level weights: 'all' is not known",
        "--epochs=0|--epochs 0: must be 1 or more",
        "--recipe=official-x|choose one of official-b, official-l, cifar, cifar-96, tiny",
      })
  void wrongValuesAreRefusedByName(String argument, String expected) {
    String message = refusal(argument);
    assertTrue(message.contains(expected), message);
  }

  @Test
  void theSettingsOfARunAreAFileOfSettings(@TempDir Path folder) throws IOException {
    SettingsOptions<PretrainSettings> first = parse("--recipe=official-l", "--clip-grad=0.25");
    RunFolder run = RunFolder.at(folder);
    StoredSettings.write(run, "pretrain", first.schema().values(first.resolve()));
    assertEquals(first.resolve(), parse("--config=" + run.configFile()).resolve());

    Path file = Files.writeString(folder.resolve("mine.yaml"), "command: pretrain\n");
    String message = refusal("--config=" + file);
    assertTrue(message.contains("unknown setting 'command'"), message);
  }

  @Test
  void unknownKeysAreRefusedWithTheNearest(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, "mask-ration: 0.5\n");
    String message = refusal("--config=" + file);
    assertTrue(
        message.contains("unknown setting 'mask-ration'; did you mean 'mask-ratio'?"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'epochs: [1, 2]'|has nested values",
        "'- epochs'|expected lines such as",
        "'epochs: {1'|neither YAML nor JSON",
        "'a: 1\na: 2'|neither YAML nor JSON",
        "'blr: 1\nmask_ratio: 1\nmask-ratio: 1'|is set twice",
      })
  void filesThatAreNoSettingsAreRefused(String text, String expected, @TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, text);
    assertThrows(FormatException.class, () -> parse("--config=" + file).resolve());
    String message = refusal("--config=" + file);
    assertTrue(message.contains(expected), message);
  }

  @ParameterizedTest
  @CsvSource({
    "--grey,--gray",
    "--grey=true,--gray",
    "--normalise=half,--normalize",
    "--patch=8,--patch-size",
    "--clip=1,--clip-grad",
    "--loader-threads=2,--workers",
  })
  void aFormerOptionIsRejectedWithItsPresentName(String argument, String now) {
    String former = argument.replaceAll("=.*", "");
    assertEquals(former + " is now " + now, refusal(argument));
  }

  @Test
  void aFormerKeyIsRejectedWithItsPresentName(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("old.yaml");
    Files.writeString(file, "epochs: 3\ngrey: true\n");
    assertEquals(file + ": 'grey' is now 'gray'", refusal("--config=" + file));
  }

  @Test
  void runsOfEarlierVersionsResumeUnderTheirNames() {
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    PretrainSettings now = parse("--gray", "--patch-size=4", "--clip-grad=1").resolve();
    Map<String, String> started = new HashMap<>(schema.values(now));
    schema.formerNames().forEach((former, name) -> started.put(former, started.remove(name)));
    assertEquals("true", started.get("grey"));
    assertDoesNotThrow(() -> schema.requireSame(now, started));
    started.put("patch", "8");
    assertEquals(
        "the run was started with other settings: --patch-size is 4, was 8; resume with those, or"
            + " start a new run",
        assertThrows(ArgumentException.class, () -> schema.requireSame(now, started)).getMessage());
  }

  @Test
  void onlyWhatDecidesIsComparedOnResume() {
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    Map<String, String> started = schema.values(parse("--seed=1", "--threads=1").resolve());
    assertDoesNotThrow(
        () -> schema.requireSame(parse("--seed=1", "--threads=2", "--resume").resolve(), started));
    String message =
        assertThrows(
                ArgumentException.class,
                () -> schema.requireSame(parse("--fusion=sum").resolve(), started))
            .getMessage();
    assertTrue(message.contains("--fusion is sum, was linear; --seed is 0, was 1"), message);
  }

  /** A recipe says only what its programs can be told. */
  @ParameterizedTest
  @MethodSource("recipes")
  void recipesCanBeResolved(String name) {
    assertFalse(Recipes.description(name).isEmpty());
    assertDoesNotThrow(() -> parse("--recipe", name).resolve());
    for (SettingsSchema<?> schema :
        List.of(
            SettingsSchema.of(FinetuneSettings.class), SettingsSchema.of(ProbeSettings.class))) {
      String program =
          schema.entries().stream().anyMatch(e -> e.name().equals("layer-decay"))
              ? "finetune"
              : "probe";
      assertDoesNotThrow(() -> schema.build(Recipes.find(name, program)));
    }
  }

  /** The published learning rates: 6e-4, 1.2e-3 and 1.6. */
  @Test
  void officialRatesFollowFromTheirBatches() {
    assertEquals(6e-4, parse("--recipe=official-b").resolve().schedule().peak(), 1e-12);
    Map<String, String> finetune = Recipes.find("official-b", "finetune");
    assertEquals(
        1.2e-3, SettingsSchema.of(FinetuneSettings.class).build(finetune).schedule().peak(), 1e-12);
    Map<String, String> probe = Recipes.find("official-b", "probe");
    assertEquals(1.6, SettingsSchema.of(ProbeSettings.class).build(probe).schedule().peak(), 1e-12);
  }

  @Test
  void evaluationImagesOfARecipeGoWithItsTrainingImages(@TempDir Path folder) throws IOException {
    assertEquals("fashion-mnist[8000:]", parse("--recipe=tiny").resolve().pictures().evalData());
    PretrainData mine = parse("--recipe=tiny", "--data=mine").resolve().pictures();
    assertEquals("mine", mine.data());
    assertNull(mine.evalData());
    assertNull(parse("--recipe=tiny", "--split=0.2").resolve().pictures().evalData());
    Path file = Files.writeString(folder.resolve("mine.yaml"), "data: mine\n");
    assertNull(parse("--recipe=tiny", "--config=" + file).resolve().pictures().evalData());
    assertEquals(
        "test",
        parse("--recipe=tiny", "--data=mine", "--eval-data=test").resolve().pictures().evalData());
  }

  static Iterable<String> recipes() {
    return Recipes.names();
  }

  @Test
  void helpShowsEverySetting() {
    SettingsOptions<PretrainSettings> options =
        SettingsOptions.of(PretrainSettings.class, "pretrain");
    CommandSpec command = CommandSpec.create();
    options.addTo(command);
    String help = new CommandLine(command).getUsageMessage();
    for (SettingsSchema.Entry entry : options.schema().entries()) {
      assertTrue(help.contains("--" + entry.name()), entry.name());
    }
    assertTrue(help.contains("Alignment:"), help);
    assertTrue(help.contains("random or attentive"), help);
  }
}
