package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static Map<String, Double> line(double step, double seconds) {
    return Map.of("step", step, "train_s", seconds);
  }

  @Test
  void whatIsSlowAtFirstIsNoPartOfAnEpoch() {
    Pace pace = Pace.of(List.of(line(1, 30), line(2, 31), line(3, 32), line(4, 33)));
    assertEquals(new Pace(4, 29), pace);
    assertEquals(5, pace.epochs(49));
    assertEquals(1, pace.epochs(10));
  }

  @Test
  void oneLineTellsNothing() {
    assertThrows(ArgumentException.class, () -> Pace.of(List.of(line(1, 2))));
  }
}
