package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariantsTest {

  @Test
  void variantsOfEarlierVersionsAreFoundUnderPresentNames() {
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    assertEquals("gray=true", Variants.renamed("grey=true", schema));
    assertEquals("mask-ratio=0.5", Variants.renamed("mask-ratio=0.5", schema));
    assertEquals(Variants.BASE, Variants.renamed(Variants.BASE, schema));
  }

  @Test
  void eachValueIsAVariant() {
    assertEquals(
        Map.of(
            "mask=random", Map.of("mask", "random"),
            "mask-ratio=0", Map.of("mask-ratio", "0"),
            "mask-ratio=0.5", Map.of("mask-ratio", "0.5")),
        Variants.of(List.of("mask-ratio=0, 0.5", "mask=random")));
    assertEquals(Map.of("base", Map.of()), Variants.of(List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mask", "mask=", "=random", "mask=random,,attentive", "mask=a,a"})
  void otherFormsAreRefused(String axis) {
    assertThrows(ArgumentException.class, () -> Variants.of(List.of(axis)));
  }

  @Test
  void foldersHaveHarmlessNames() {
    assertEquals("loss=.._a_b-seed3", Variants.folder("loss=../a b", 3));
  }
}
