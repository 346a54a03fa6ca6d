package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.ArgumentException;
import picocli.CommandLine.Option;

/**
 * The option {@code --merge}: picocli's {@code @Mixin} for commands that run a network as it is.
 * Settings records declare theirs with the same text.
 *
 * @since 0.1.0
 */
public final class MergeOption {

  /** Describes {@code --merge}. */
  public static final String MERGE =
      "Similar tokens to merge in each block (token merging), at most half of the patches: faster,"
          + " at some cost in accuracy";

  @Option(names = "--merge", paramLabel = "N", description = MERGE + " (default: 0, none).")
  private int merge;

  /** For picocli. */
  public MergeOption() {}

  /**
   * The number of tokens.
   *
   * @throws ArgumentException if it is negative
   */
  public int merge() {
    if (merge < 0) {
      throw new ArgumentException("--merge: must be 0 or more, got " + merge);
    }
    return merge;
  }
}
