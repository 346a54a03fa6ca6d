package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.ViTConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JitWarmupTest {

  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());

  @AfterEach
  void close() {
    choice.close();
  }

  @Test
  void everyFamilyHasAMiniature() {
    ViTConfig base = ViTConfig.base(224, 16);
    List<ViTConfig> families =
        List.of(
            base,
            base.asClip(),
            base.asDino(),
            base.asDinoV2(4),
            base.asDinoV3(4),
            base.asSiglip(),
            ViTConfig.of(30, 5, 60, 2, 6),
            base.withChannels(1));
    for (ViTConfig family : families) {
      JitWarmup warmUp = JitWarmup.start(choice.backend());
      warmUp.like(family);
      assertDoesNotThrow(warmUp::close, family.toString());
    }
    assertEquals(0, choice.backend().memory().live());
  }

  @Test
  void aFailureReachesTheCaller() {
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> uncaught.set(thrown));
    try {
      ViTConfig tooLarge = ViTConfig.base(224, 16).asDinoV3(2_000_000_000);
      JitWarmup warmUp = JitWarmup.start(choice.backend(), tooLarge);
      assertThrows(CompletionException.class, warmUp.ended::join);
      assertThrows(ShapeException.class, warmUp::close);
      assertNull(uncaught.get());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void closingDoesNotWaitLong() {
    JitWarmup warmUp = JitWarmup.start(choice.backend());
    long start = System.nanoTime();
    warmUp.close();
    assertTrue(Duration.ofNanos(System.nanoTime() - start).toSeconds() < 5);
    warmUp.close();
  }
}
