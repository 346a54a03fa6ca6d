package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The same with checksums that were made to match: the values may then be others, but a file that
 * is not of the format or of another step is refused, and no value is missing or not finite.
 */
class ResealedCheckpointTest extends CheckpointMutationTest {

  @Override
  void beforeReading(Path checkpoint, String mutated) throws IOException {
    Path done = checkpoint.resolve("DONE");
    Path file = checkpoint.resolve(mutated);
    if (!mutated.equals("DONE")) {
      String sealed =
          "\"%s\" : { \"bytes\" : %d, \"sha256\" : \"%s\" }"
              .formatted(mutated, Files.size(file), new Sha256().add(file).hex());
      Files.writeString(
          done,
          Pattern.compile("\"" + mutated + "\"[^}]*}")
              .matcher(Files.readString(done))
              .replaceFirst(Matcher.quoteReplacement(sealed)));
    }
  }

  @Override
  void requireSaved(Trainer resumed) {
    assertTrue(Double.isFinite(resumed.bestScore().orElse(0)));
  }

  @Override
  protected int share(int cases) {
    return cases / 5;
  }

  /** Whoever edits the record of the data is told that the data are others. */
  @Override
  protected boolean isRefusal(Throwable failure) {
    return super.isRefusal(failure)
        || failure instanceof ArgumentException
            && failure.getMessage().startsWith("the training data are not those of ");
  }
}
