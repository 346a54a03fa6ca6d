package io.github.maskalign.vit.text;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * B texts of T tokens each.
 *
 * @param ids token ids [B, T], row-major
 * @param texts number of texts, B
 * @param length number of tokens of each, T
 * @param mask [B, T], whether a token may be attended to; null if all may
 * @since 0.1.0
 */
public record TextBatch(int[] ids, int texts, int length, boolean @Nullable [] mask) {

  /** Checks the sizes. */
  public TextBatch {
    long size = (long) texts * length;
    if (texts < 1 || length < 1 || ids.length != size || mask != null && mask.length != size) {
      throw new ShapeException(
          "texts: %d token ids%s are not those of %d texts of %d tokens"
              .formatted(
                  ids.length, mask == null ? "" : " and a mask of " + mask.length, texts, length));
    }
  }

  /** Texts of T tokens that may all be attended to. */
  public static TextBatch of(int[] ids, int texts, int length) {
    return new TextBatch(ids, texts, length, null);
  }

  /**
   * Texts as a tower was trained with: padded to its context if its embeddings depend on padding,
   * else to the longest text, since later positions cannot affect the pooled one.
   *
   * @param texts token ids, start and end included
   * @throws ShapeException if there are none, or one is empty or too long
   */
  public static TextBatch of(List<int[]> texts, TextConfig config) {
    int longest = texts.stream().mapToInt(text -> text.length).max().orElse(0);
    for (int[] text : texts) {
      config.requireLength(text.length);
    }
    int length = config.readsPadding() ? config.context() : longest;
    int[] ids = new int[Math.multiplyExact(texts.size(), length)];
    Arrays.fill(ids, config.padding().id());
    for (int i = 0; i < texts.size(); i++) {
      System.arraycopy(texts.get(i), 0, ids, i * length, texts.get(i).length);
    }
    return of(ids, texts.size(), length);
  }

  /**
   * The texts of several batches, padded at the end to the longest. The padding of those that have
   * a mask is hidden.
   *
   * @throws ShapeException if there are none
   */
  public static TextBatch joined(List<TextBatch> batches, TextPadding padding) {
    int texts = batches.stream().mapToInt(TextBatch::texts).sum();
    int length = batches.stream().mapToInt(TextBatch::length).max().orElse(0);
    int[] ids = new int[Math.multiplyExact(texts, length)];
    Arrays.fill(ids, padding.id());
    boolean @Nullable [] mask =
        batches.stream().allMatch(batch -> batch.mask == null) ? null : new boolean[ids.length];
    int row = 0;
    for (TextBatch batch : batches) {
      for (int i = 0; i < batch.texts; i++, row++) {
        System.arraycopy(batch.ids, i * batch.length, ids, row * length, batch.length);
        if (mask != null && batch.mask == null) {
          Arrays.fill(mask, row * length, (row + 1) * length, true);
        } else if (mask != null) {
          System.arraycopy(batch.mask, i * batch.length, mask, row * length, batch.length);
        }
      }
    }
    return new TextBatch(ids, texts, length, mask);
  }

  /** The token ids of one text. */
  int[] text(int index) {
    return Arrays.copyOfRange(ids, index * length, (index + 1) * length);
  }
}
