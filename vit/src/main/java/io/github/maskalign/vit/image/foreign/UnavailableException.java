package io.github.maskalign.vit.image.foreign;

/** Why a native library cannot be used, and the remedy. */
public final class UnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  UnavailableException(String reason) {
    super(reason);
  }
}
