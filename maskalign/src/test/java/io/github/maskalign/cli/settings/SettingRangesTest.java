package io.github.maskalign.cli.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.eval.EvalCommand;
import io.github.maskalign.cli.eval.FeaturesCommand;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.cli.settings.groups.FinetuneSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.ProbeSettings;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingRangesTest {

  private static final List<Class<?>> NUMBERS =
      List.of(int.class, Integer.class, long.class, Long.class, double.class, Double.class);

  private static Stream<SettingsSchema<?>> schemas() {
    return Stream.of(
        SettingsSchema.of(PretrainSettings.class),
        SettingsSchema.of(FinetuneSettings.class),
        SettingsSchema.of(ProbeSettings.class),
        SettingsSchema.of(KnnCommand.KnnSettings.class),
        SettingsSchema.of(EvalCommand.EvalSettings.class),
        SettingsSchema.of(FeaturesCommand.FeatureSettings.class));
  }

  private static Stream<Arguments> numbers() {
    return schemas()
        .flatMap(
            schema ->
                schema.entries().stream()
                    .filter(entry -> NUMBERS.contains(entry.type()))
                    .filter(entry -> !entry.name().endsWith("seed"))
                    .map(entry -> Arguments.of(schema, entry)));
  }

  private static String refusal(SettingsSchema<?> schema, Map<String, String> values) {
    return assertThrows(ArgumentException.class, () -> schema.build(values), values::toString)
        .getMessage();
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void everyNumberHasARangeThatIsHeld(SettingsSchema<?> schema, SettingsSchema.Entry entry) {
    ValueRange range = ValueRange.parse(entry.setting().range());
    assertFalse(range.equals(ValueRange.ALL), entry.name());
    boolean whole = entry.type() != double.class && entry.type() != Double.class;
    Map<String, Double> outside = new HashMap<>();
    outside.put("below", range.lowIncluded() ? range.low() - 1 : range.low());
    if (Double.isFinite(range.high())) {
      outside.put("above", range.highIncluded() ? range.high() + 1 : range.high());
    }
    outside.forEach(
        (side, value) -> {
          String text = whole ? Long.toString(value.longValue()) : value.toString();
          assertEquals(
              "--%s %s: must be %s".formatted(entry.name(), text, range),
              refusal(schema, Map.of(entry.name(), text)),
              side);
        });
    assertTrue(
        refusal(schema, Map.of(entry.name(), "NaN")).startsWith("--" + entry.name()), entry.name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[0, 1)|at least 0 and below 1",
        "(0, 1]|above 0 and at most 1",
        "[0, 0.5]|from 0 to 0.5",
        "(0, 1)|above 0 and below 1",
        "[1, *)|1 or more",
        "(0, *)|above 0",
        "(*, 4]|at most 4",
      })
  void aRangeIsWordedForHelpAndMessages(String interval, String words) {
    assertEquals(words, ValueRange.parse(interval).toString());
  }

  @Test
  void wholeNumbersDoNotOverflow() {
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    assertEquals(
        "--epochs 99999999999: must be at most 2,147,483,647",
        refusal(schema, Map.of("epochs", "99999999999")));
    assertEquals(
        "--seed 9223372036854775808: must be at most 9,223,372,036,854,775,807",
        refusal(schema, Map.of("seed", "9223372036854775808")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "batch=2000000000 accumulate=2000000000|--batch 2000000000, --accumulate 2000000000: their",
        "epochs=5 warmup=6|--warmup 6.0: must be at most the number of epochs, 5",
        "mixup=0.8 batch=33|--batch 33: mixup and CutMix require an even batch size",
        "cutmix-minmax=0.5,0.2|--cutmix-minmax 0.5,0.2: must be",
        "cutmix-minmax=0.5,NaN|--cutmix-minmax 0.5,NaN: must be",
        "color-jitter=0.4|--color-jitter requires --augment none",
        "augment=rand-m99-inc1|--augment rand-m99-inc1: RandAugment of magnitude 99.0",
        "model=100x2x3|--model 100x2x3: all three must be 1 or more, and the heads must divide",
        "model=0x2x3|--model 0x2x3: all three must be 1 or more",
        "model=18x2x2|--model 18x2x2: the width must be a multiple of 4",
        "model=huge-ish|--model: unknown size 'huge-ish'",
        "image-size=30 patch-size=16|--image-size 30: must be a multiple of the patch size, 16",
        "on-damaged=skip:2|--on-damaged",
      })
  void combinationsThatCannotWorkAreRefused(String settings, String expected) {
    String message = refusal(SettingsSchema.of(FinetuneSettings.class), pairs(settings));
    assertTrue(message.startsWith(expected), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "recompute=true method=mae|--recompute: requires --method maskalign, got mae",
        "teacher-cache=1 target-norm=bn|--teacher-cache",
        "eval-gallery=fashion-mnist|--eval-gallery: requires --eval-data",
        "decoder-heads=5|--decoder-heads 5: must divide --decoder-width 512",
        "decoder-width=6 decoder-heads=2|--decoder-width 6: the width must be a multiple of 4",
        "teacher=tiny teacher-weights=x|--teacher-weights: --teacher tiny names the weights",
        "levels=top0|--levels top0",
        "levels=mid-1|--levels mid-1",
        "mask=hidden|--mask hidden: ",
        "normalize=none|",
        "normalize=mean|--normalize",
      })
  void combinationsOfPretrainingAreRefusedToo(String settings, String expected) {
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    if (expected == null) {
      schema.build(pairs(settings));
      return;
    }
    String message = refusal(schema, pairs(settings));
    assertTrue(message.startsWith(expected), message);
  }

  private static Map<String, String> pairs(String settings) {
    Map<String, String> values = new HashMap<>();
    for (String pair : settings.split(" ")) {
      int at = pair.indexOf('=');
      values.put(pair.substring(0, at), pair.substring(at + 1));
    }
    return values;
  }
}
