package io.github.maskalign.vectors;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.VectorFolder.Entry;
import io.github.maskalign.vectors.cases.CaseKind;
import io.github.maskalign.vectors.cases.Finding;
import io.github.maskalign.vectors.cases.Manifest;
import io.github.maskalign.vectors.cases.Slack;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vectors.kinds.Kinds;
import io.github.maskalign.vectors.rounding.RoundingErrors;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a backend, and the library on it, against the cases of a folder. A case that throws
 * fails with its reason, and the run continues.
 */
final class VectorRunner {

  /** Number of cases passed and failed. */
  record Summary(int passed, int failed) {

    /** The last line of output. */
    @Override
    public String toString() {
      return passed + " passed, " + failed + " failed";
    }
  }

  private final Path root;
  private final Backend backend;
  private final @Nullable RoundingErrors rounding;

  /** Runs cases on a backend of F32. */
  VectorRunner(Path root, Backend backend) {
    this(root, backend, null);
  }

  /**
   * Runs cases on a backend.
   *
   * @param rounding the errors of the backend's precision, for the bounds; null for F32
   */
  VectorRunner(Path root, Backend backend, @Nullable RoundingErrors rounding) {
    this.root = root;
    this.backend = backend;
    this.rounding = rounding;
  }

  /**
   * Runs the selected cases and prints one line after each.
   *
   * @throws ArgumentException if no case is selected
   */
  Summary run(Predicate<String> wanted, Consumer<String> lines) {
    List<Entry> entries =
        VectorFolder.entries(root).stream().filter(entry -> wanted.test(entry.name())).toList();
    if (entries.isEmpty()) {
      throw new ArgumentException("no case of " + root + " has such a name");
    }
    int width = entries.stream().mapToInt(entry -> entry.name().length()).max().orElseThrow();
    int passed = 0;
    for (Entry entry : entries) {
      CaseResult result = run(entry);
      lines.accept(result.line(width));
      passed += result.passed() ? 1 : 0;
    }
    Summary summary = new Summary(passed, entries.size() - passed);
    lines.accept(summary.toString());
    return summary;
  }

  /** Runs one case; an exception of the case is a failure. */
  CaseResult run(Entry entry) {
    try {
      return new CaseResult(entry.name(), worst(entry));
    } catch (Exception | StackOverflowError | OutOfMemoryError | AssertionError e) {
      return new CaseResult(entry.name(), broken(e));
    }
  }

  private Finding worst(Entry entry) {
    Manifest manifest = Manifest.read(root, entry.manifest());
    CaseKind kind = Kinds.all().get(manifest.kind());
    if (kind == null) {
      return failure("kind '" + manifest.kind() + "' is not supported");
    }
    Slack slack = rounding == null ? Slack.none() : rounding.measure(manifest, kind);
    try (VectorCase given = VectorCase.open(manifest, backend, slack)) {
      kind.run(given);
      return given.checks().worst();
    }
  }

  private static Finding broken(Throwable e) {
    return switch (e) {
      case UncheckedIOException wrapped -> broken(wrapped.getCause());
      case NoSuchFileException missing -> failure("no such file: " + missing.getFile());
      default -> {
        String said = e.getMessage();
        boolean ours = e.getClass().getName().startsWith("io.github.maskalign.");
        boolean clear = said != null && (ours || e instanceof IllegalArgumentException);
        yield failure(clear ? said : e.toString());
      }
    };
  }

  private static Finding failure(String reason) {
    return new Finding("case", false, Double.NaN, Double.NaN, reason);
  }
}
