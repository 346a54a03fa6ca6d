package io.github.maskalign.cli.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.testing.NewJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A training step of a new JVM settles: no kernel is compiled and thrown away again and again, and
 * vectors are no longer in objects after a few dozen steps.
 */
@Tag("slow")
class ColdStepTest {

  private static final int STEPS = 60;

  /** A failed check that C2 moved before a loop is tried again, up to 100 times in a method. */
  private static final int MOST_IN_ONE_PLACE = 20;

  private static final int MOST = 1_000;

  /** Handles and tape records; vectors in objects take hundreds of megabytes. */
  private static final long MOST_BYTES = 2 << 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aStepSettles(int threads) throws IOException, InterruptedException {
    List<Long> bytes = new ArrayList<>();
    List<String> often = new ArrayList<>();
    int all = 0;
    for (String line : NewJvm.lines(folder, ColdStep.class, STEPS, threads)) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("step")) {
        bytes.add(Long.parseLong(words[1]));
      } else if (words[0].equals("deoptimized")) {
        int count = Integer.parseInt(words[1]);
        all += count;
        if (count > MOST_IN_ONE_PLACE) {
          often.add(line);
        }
      }
    }
    assertEquals(STEPS, bytes.size());
    assertTrue(bytes.getFirst() > MOST_BYTES, () -> "a JVM that is not new: " + bytes);
    assertTrue(all > 0, "no event was recorded");
    assertEquals(List.of(), often);
    assertTrue(all < MOST, all + " deoptimizations");
    List<Long> last = bytes.subList(STEPS - 10, STEPS).stream().sorted().toList();
    assertTrue(last.get(5) < MOST_BYTES, () -> "bytes of the last steps: " + last);
  }
}
