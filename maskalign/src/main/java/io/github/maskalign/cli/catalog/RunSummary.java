package io.github.maskalign.cli.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run in a list; null for what is not known.
 *
 * @param path of its folder
 * @param state what has become of it
 * @param step last logged step
 * @param epoch epochs begun
 * @param epochs of the whole run
 * @param score name of the score during training, such as {@code k-NN}
 * @param best the best value of the score, in percent
 * @param bytes size on disk
 * @param command that starts it
 * @param problem what cannot be read, in one line
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record RunSummary(
    String path,
    RunState state,
    @Nullable Long step,
    @Nullable Integer epoch,
    @Nullable Integer epochs,
    @Nullable String score,
    @Nullable Double best,
    long bytes,
    @Nullable String command,
    @Nullable String problem) {

  /** Such as {@code step 120, epoch 3 of 10}. */
  String progress() {
    if (step == null || epoch == null) {
      return "nothing logged";
    }
    String of = epochs == null ? "" : String.format(Locale.ROOT, " of %,d", epochs);
    return String.format(Locale.ROOT, "step %,d, epoch %,d%s", step, epoch, of);
  }

  /** Such as {@code k-NN 61.3 %}. */
  String scored() {
    return score == null || best == null
        ? "-"
        : String.format(Locale.ROOT, "%s %.1f %%", score, best);
  }
}
