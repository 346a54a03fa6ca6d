package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Binary files of CIFAR-10, CIFAR-100, and lists of the names of their classes. */
class CifarMutationTest extends FuzzContract {
  private static final int SHORTEST_BINARY = 3000;

  @TempDir private Path folder;

  @Override
  protected ByteMutator mutator() {
    return new ByteMutator(
        List.of(
            new byte[2 * 3073],
            new byte[3074],
            "plane\ncar\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n".getBytes(UTF_8)),
        List.of("\n", "\r\n", "\u0000", "\uFEFF", "é", "\u202e", "truck"));
  }

  @Override
  protected void read(byte[] file, String name) throws Exception {
    Path data = folder.resolve(name + ".bin");
    Path names = folder.resolve("batches.meta.txt");
    boolean binary = file.length > SHORTEST_BINARY;
    Files.write(data, binary ? file : new byte[3073]);
    Files.deleteIfExists(names);
    if (!binary) {
      Files.write(names, file);
    }
    try {
      Dataset set = DataSets.open(data);
      assertEquals(file.length > 2 * 3073 - 1 ? 2 : 1, set.size());
      assertEquals(set.size(), set.labels().length);
    } catch (FormatException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    } finally {
      Files.delete(data);
    }
  }
}
