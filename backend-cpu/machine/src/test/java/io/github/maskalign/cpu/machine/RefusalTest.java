package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.tensor.testing.NewJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is forbidden is refused with a reason, and the JVM goes on. */
class RefusalTest {

  @TempDir private Path folder;

  /** Skips the tests where kernels are refused anyway. */
  @BeforeEach
  void run() {
    Kernels.of(MachineRung.ALL.getLast());
  }

  @Test
  void nativeAccessDenied() throws IOException, InterruptedException {
    List<String> lines =
        NewJvm.linesWith(folder, List.of("--illegal-native-access=deny"), RunRefused.class);
    assertEquals(MachineRung.ALL.size(), lines.size());
    for (String line : lines) {
      assertTrue(
          line.endsWith(
              "refused: native access is not enabled;"
                  + " start Java with --enable-native-access=ALL-UNNAMED"),
          line);
    }
  }

  /** Java 25 would only warn, but an option that is asked for is no reason to warn. */
  @Test
  void nativeAccessNotMentioned() throws IOException, InterruptedException {
    List<String> lines = NewJvm.linesWith(folder, List.of(), RunRefused.class);
    assertTrue(lines.getLast().contains("--enable-native-access=ALL-UNNAMED"), lines::toString);
  }

  @Test
  void executableMemoryForbiddenLater() throws IOException, InterruptedException {
    List<String> lines = NewJvm.lines(folder, RunRefused.class, "memory");
    assumeTrue(lines.getFirst().equals("prctl 0"), "no PR_SET_MDWE, of Linux 6.3");
    assertEquals("avx2 opened", lines.get(3));
    assertEquals("the kernel from before runs", lines.get(4));
    List<String> refused = lines.stream().filter(l -> l.contains("mprotect failed")).toList();
    assumeTrue(!refused.isEmpty(), "only AVX2 here");
    for (String line : refused) {
      assertTrue(
          line.contains(
              "refused: the system gives no executable memory: mprotect failed with errno 13 (EACCES)"),
          line);
    }
  }
}
