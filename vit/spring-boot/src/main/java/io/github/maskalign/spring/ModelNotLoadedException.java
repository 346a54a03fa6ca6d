package io.github.maskalign.spring;

/**
 * A model that a property names could not be loaded.
 *
 * @since 0.1.0
 */
public final class ModelNotLoadedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  ModelNotLoadedException(String prefix, String model, RuntimeException cause) {
    super("%s.model=%s: %s".formatted(prefix, model, cause.getMessage()), cause);
  }
}
