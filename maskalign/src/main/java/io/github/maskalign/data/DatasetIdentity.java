package io.github.maskalign.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.io.Sha256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run records of a data set, to recognize it when the run resumes.
 *
 * @param samples number of samples
 * @param classes names by label; empty without labels
 * @param sha256 digest of {@link Dataset#fingerprint} and the labels
 * @since 0.1.0
 */
public record DatasetIdentity(int samples, List<String> classes, String sha256) {

  private static final int SHOWN = 5;

  /** Checks that nothing is missing, and copies the classes. */
  public DatasetIdentity {
    if (samples < 0 || sha256 == null) {
      throw new ArgumentException(
          "a data set of %d samples, SHA-256 %s".formatted(samples, sha256));
    }
    classes = List.copyOf(classes);
  }

  /** The identity of a set as its files are now. */
  public static DatasetIdentity of(Dataset set) {
    Sha256 digest = new Sha256().add(set.fingerprint().getBytes(UTF_8));
    if (set.hasLabels()) {
      int[] labels = set.labels();
      ByteBuffer numbers = ByteBuffer.allocate(Math.multiplyExact(labels.length, Integer.BYTES));
      numbers.asIntBuffer().put(labels);
      digest.add(numbers);
    }
    return new DatasetIdentity(set.size(), set.classNames(), digest.hex());
  }

  /** How another identity differs, in words; the two must not be equal. */
  public String changeTo(DatasetIdentity now) {
    List<String> changes = new ArrayList<>();
    if (samples != now.samples) {
      changes.add("%s, now %,d".formatted(Quantity.of(samples, "image"), now.samples));
    }
    if (!classes.equals(now.classes)) {
      changes.add("classes %s, now %s".formatted(shown(classes), shown(now.classes)));
    }
    return changes.isEmpty()
        ? "other names, sizes or labels of its " + Quantity.of(samples, "image")
        : String.join("; ", changes);
  }

  private static String shown(List<String> classes) {
    return "[%s%s]"
        .formatted(
            Printable.line(classes, SHOWN),
            classes.size() > SHOWN ? " %d in all".formatted(classes.size()) : "");
  }
}
