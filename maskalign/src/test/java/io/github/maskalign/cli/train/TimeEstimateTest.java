package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.ScheduleSettings;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeEstimateTest {

  private static ScheduleSettings schedule(Map<String, String> given) {
    return SettingsSchema.of(PretrainSettings.class).build(given).schedule();
  }

  @ParameterizedTest
  @CsvSource({"0.2,1 s", "119,119 s", "120,2 min", "7100,118 min", "9000,2.5 h", "1e6,12 days"})
  void timesAreRounded(double seconds, String text) {
    assertEquals(text, TimeEstimate.text(seconds));
  }

  @Test
  void overADayNeedsTheNumberOfEpochs() {
    TimeEstimate days = new TimeEstimate(10 * 86400, 40);
    assertEquals(
        "40 epochs, the default for this number of images, would take about 10 days; set the"
            + " number, such as --epochs 4 (about 24.0 h)",
        assertThrows(ArgumentException.class, () -> days.tell(schedule(Map.of()))).getMessage());
    assertDoesNotThrow(() -> days.tell(schedule(Map.of("epochs", "40"))));
    assertDoesNotThrow(() -> new TimeEstimate(86000, 40).tell(schedule(Map.of())));
  }
}
