package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Backends.Choice;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsTest {

  private static final BackendOptions OPTIONS = BackendOptions.defaults();

  /** Provides a reference backend under another name, or is unavailable for a reason. */
  private record Fake(String name, int preference, Availability probe) implements BackendProvider {

    static Fake working(String name, int preference) {
      return new Fake(name, preference, new Availability.Available());
    }

    static Fake broken(String name, int preference, String reason) {
      return new Fake(name, preference, new Availability.Unavailable(reason));
    }

    @Override
    public Backend open(BackendOptions options) {
      assertTrue(probe instanceof Availability.Available, "opened though unavailable");
      return new ReferenceBackend(new HostPool(options.memoryLimit(), false));
    }
  }

  private static final String NO_DRIVER = "no driver found; install one";
  private static final List<BackendProvider> LADDER =
      List.of(
          Fake.working("plain", 0),
          Fake.broken("gpu", 20, NO_DRIVER),
          Fake.broken("wide", 10, "flag missing; add it"));

  @Test
  void autoTakesTheFirstThatWorksAndSaysWhyNothingBetter() {
    try (Choice choice = Backends.open(LADDER, "auto", OPTIONS)) {
      assertEquals(
          "Backend: reference (plain Java loops, 1 thread)"
              + " (not gpu: no driver found; install one; not wide: flag missing; add it)",
          choice.explanation());
      assertFalse(choice.improvable());
    }
    List<BackendProvider> working =
        List.of(Fake.working("b", 1), Fake.broken("a", 0, "never asked"));
    try (Choice choice = Backends.open(working, "auto", OPTIONS)) {
      assertEquals("Backend: reference (plain Java loops, 1 thread)", choice.explanation());
    }
  }

  @Test
  void aBetterOneThatThisMachineCouldRunIsTold() {
    BackendProvider fixable =
        new Fake(
            "wide",
            10,
            new BackendProvider.Availability.Unavailable("flag missing; add it", "no flag", true));
    List<BackendProvider> ladder = List.of(Fake.working("plain", 0), fixable);
    try (Choice choice = Backends.open(ladder, "auto", OPTIONS)) {
      assertTrue(choice.improvable());
    }
    try (Choice choice = Backends.open(ladder, "plain", OPTIONS)) {
      assertFalse(choice.improvable());
    }
  }

  /** A device may be present but unusable, for instance with its memory exhausted. */
  @Test
  void autoGoesOnWhereOpeningFails() {
    BackendProvider full =
        new BackendProvider() {
          @Override
          public String name() {
            return "full";
          }

          @Override
          public int preference() {
            return 30;
          }

          @Override
          public Availability probe() {
            return new Availability.Available();
          }

          @Override
          public Backend open(BackendOptions options) {
            throw new DeviceException("others hold its memory");
          }
        };
    List<BackendProvider> ladder = List.of(full, Fake.working("plain", 0));
    try (Choice choice = Backends.open(ladder, "auto", OPTIONS)) {
      assertTrue(
          choice.explanation().endsWith("(not full: others hold its memory)"),
          choice.explanation());
    }
    assertEquals("others hold its memory", message(ladder, "full"));
  }

  @Test
  void aPrecisionThatABackendLacksIsRefused() {
    BackendOptions rounded = OPTIONS.withPrecision(Precision.BF16);
    String demanded =
        assertThrows(DeviceException.class, () -> Backends.open(LADDER, "plain", rounded))
            .getMessage();
    assertTrue(demanded.contains("supports F32, not BF16; choose another"), demanded);
    String auto =
        assertThrows(DeviceException.class, () -> Backends.open(LADDER, "auto", rounded))
            .getMessage();
    assertTrue(auto.contains("not wide: it supports F32, not BF16"), auto);
  }

  @Test
  void aDemandedBackendIsOpenedOrTheReasonGiven() {
    Backends.open(LADDER, "plain", OPTIONS).close();
    String message = message(LADDER, "gpu");
    assertTrue(message.contains("'gpu'") && message.contains(NO_DRIVER), message);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    String message = message(LADDER, "tpu");
    assertTrue(message.contains("'tpu'; known: auto, gpu, wide, plain"), message);
  }

  @Test
  void ifNothingWorksEveryReasonIsGiven() {
    String message = message(LADDER.subList(1, 3), "auto");
    assertTrue(message.contains(NO_DRIVER) && message.contains("flag missing"), message);
    assertThrows(DeviceException.class, () -> Backends.open(List.of(), "auto", OPTIONS));
  }

  private static String message(List<BackendProvider> ladder, String name) {
    return assertThrows(DeviceException.class, () -> Backends.open(ladder, name, OPTIONS))
        .getMessage();
  }

  @Test
  void theReferenceIsAlwaysThere() {
    try (Choice choice = Backends.open("reference", OPTIONS.withThreads(1))) {
      assertEquals("reference", choice.backend().name());
    }
    try (Choice choice = Backends.open()) {
      assertTrue(choice.explanation().startsWith("Backend: "), choice.explanation());
    }
  }

  @Test
  void optionsAreChecked() {
    assertThrows(ArgumentException.class, () -> new BackendOptions(0, 1));
    assertThrows(ArgumentException.class, () -> new BackendOptions(1, 0));
    assertEquals(3, OPTIONS.withThreads(3).threads());
  }

  @Test
  void theMemoryLimitReachesThePool() {
    BackendOptions small = new BackendOptions(1, 1_000);
    try (Choice choice = Backends.open("reference", small);
        Scope scope = Scope.root(choice.backend(), "test")) {
      assertThrows(OutOfMemoryException.class, () -> scope.ops().zeros(DType.F32, Shape.of(1_000)));
    }
  }
}
