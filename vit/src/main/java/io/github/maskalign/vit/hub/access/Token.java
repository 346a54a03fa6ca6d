package io.github.maskalign.vit.hub.access;

import io.github.maskalign.tensor.error.ArgumentException;

/**
 * An access token, which is sent to the Hub only and never printed.
 *
 * @since 0.1.0
 */
public record Token(String value) {

  /**
   * Checks that the token can be sent.
   *
   * @throws ArgumentException if it is empty, or has other characters than a header takes
   */
  public Token {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new ArgumentException(
          "the access token is empty, or has blanks or characters that are not ASCII; copy it again"
              + " from the settings of your account, to HF_TOKEN or to the file of the token");
    }
  }

  /** The value of the header Authorization. */
  public String authorization() {
    return "Bearer " + value;
  }

  /** Without the value. */
  @Override
  public String toString() {
    return "Token[...]";
  }
}
