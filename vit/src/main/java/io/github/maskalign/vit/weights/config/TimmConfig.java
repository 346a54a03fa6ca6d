package io.github.maskalign.vit.weights.config;

import io.github.maskalign.vit.Pooling;
import java.util.Optional;

/** What the configurations of timm's networks and of their heads have in common. */
public final class TimmConfig {

  private TimmConfig() {}

  /** The pooling of a {@code global_pool}; empty for none and for unknown ones. */
  public static Optional<Pooling> pooling(String word) {
    return Optional.ofNullable(
        switch (word) {
          case "token" -> Pooling.CLASS_TOKEN;
          case "avg" -> Pooling.MEAN_PATCHES;
          case "max" -> Pooling.MAX_PATCHES;
          case "avgmax" -> Pooling.MEAN_MAX;
          case "map" -> Pooling.ATTENTION;
          default -> null;
        });
  }
}
