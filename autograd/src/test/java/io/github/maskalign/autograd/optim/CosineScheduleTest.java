package io.github.maskalign.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import org.junit.jupiter.api.Test;

class CosineScheduleTest {

  private static final CosineSchedule SCHEDULE = new CosineSchedule(0.8, 0.2, 4, 12);

  @Test
  void warmsUpFromZeroRegardlessOfTheFloor() {
    assertEquals(0, SCHEDULE.at(0));
    assertEquals(0.1, SCHEDULE.at(0.5), 1e-15);
    assertEquals(0.6, SCHEDULE.at(3), 1e-15);
  }

  @Test
  void fallsByHalfACosine() {
    assertEquals(0.8, SCHEDULE.at(4), 1e-15);
    assertEquals(0.2 + 0.6 * (1 + Math.sqrt(0.5)) / 2, SCHEDULE.at(6), 1e-15);
    assertEquals(0.5, SCHEDULE.at(8), 1e-15);
    assertEquals(0.2 + 0.6 * (1 - Math.sqrt(0.5)) / 2, SCHEDULE.at(10), 1e-15);
    for (double epoch = 4; epoch < 12; epoch += 0.5) {
      assertTrue(SCHEDULE.at(epoch) > SCHEDULE.at(epoch + 0.5), "at " + epoch);
    }
  }

  @Test
  void staysAtTheFloorFromTheEndOn() {
    assertEquals(0.2, SCHEDULE.at(12), 1e-15);
    assertEquals(0.2, SCHEDULE.at(20));
  }

  @Test
  void withoutWarmUpOrWithoutDecay() {
    assertEquals(0.8, new CosineSchedule(0.8, 0, 0, 10).at(0));
    CosineSchedule onlyWarmUp = new CosineSchedule(0.8, 0.2, 10, 10);
    assertEquals(0.4, onlyWarmUp.at(5), 1e-15);
    assertEquals(0.2, onlyWarmUp.at(10));
  }

  @Test
  void ratesScaleWithTheBatch() {
    assertEquals(6e-4, CosineSchedule.scaled(1.5e-4, 1024), 1e-18);
  }

  @Test
  void refusesWhatIsNoSchedule() {
    assertThrows(ArgumentException.class, () -> new CosineSchedule(-1, 0, 1, 2));
    assertThrows(ArgumentException.class, () -> new CosineSchedule(1, 0, 3, 2));
    assertThrows(ArgumentException.class, () -> new CosineSchedule(1, -1, 1, 2));
    assertThrows(ArgumentException.class, () -> new CosineSchedule(Double.NaN, 0, 1, 2));
  }
}
