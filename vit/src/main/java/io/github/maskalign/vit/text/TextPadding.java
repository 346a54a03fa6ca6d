package io.github.maskalign.vit.text;

/**
 * The padding of texts to a common length.
 *
 * @param id of the padding token
 * @param masking which keys of attention it hides by itself; a mask given with a batch hides more
 * @since 0.1.0
 */
public record TextPadding(int id, Masking masking) {

  /** The keys that padding hides. */
  public enum Masking {
    /** None: padding takes part like any token. */
    NONE,
    /** The padding tokens. */
    PADDING,
    /**
     * The token after each padding token, never the first one. OpenCLIP's CoCa was trained so: its
     * mask begins with the class token, which stands at the end.
     */
    SHIFTED
  }

  /** Padding that hides nothing. */
  public static TextPadding unmasked(int id) {
    return new TextPadding(id, Masking.NONE);
  }
}
