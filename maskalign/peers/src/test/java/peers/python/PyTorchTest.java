package peers.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import peers.contest.Sample;

/** The protocol, with a shell script in Python's place. */
class PyTorchTest {

  @TempDir private Path folder;

  private PyTorch torch(String script) throws IOException {
    Path file = folder.resolve("pytorch_peer.py");
    Files.writeString(file, script);
    return new PyTorch("sh", folder.toString(), null, false);
  }

  @Test
  void eachRequestIsAnsweredByATime() throws IOException {
    List<String> notes = new ArrayList<>();
    List<PyTorchSide> sides =
        torch(
                """
                echo "a warning"
                echo ready
                while read n; do echo noise; echo "time $((n * 300)) $((n * 700)) $1 $2"; done
                """)
            .start("work", 2, notes);
    assertEquals(List.of(), notes);
    try (PyTorchSide side = sides.getFirst()) {
      assertEquals("eager", side.name());
      assertEquals(new Sample(300, 700), side.time(1));
      assertEquals(new Sample(300, 700), side.time(4));
    }
  }

  @Test
  void aProcessThatFailsIsNamedWithItsMessage() throws IOException {
    List<String> notes = new ArrayList<>();
    assertEquals(List.of(), torch("echo \"no module\" >&2; exit 3").start("whole-s", 1, notes));
    assertEquals(List.of("whole-s, 1 threads: eager ended: no module"), notes);
  }

  @Test
  void aProcessThatEndsDuringAContestSaysSo() throws IOException {
    List<PyTorchSide> sides =
        torch("echo ready; read n; echo \"out of memory\" >&2").start("w", 1, new ArrayList<>());
    try (PyTorchSide side = sides.getFirst()) {
      IllegalStateException e = assertThrows(IllegalStateException.class, () -> side.time(1));
      assertEquals("eager ended: out of memory", e.getMessage());
    }
  }

  @Test
  void aMissingPythonIsNamed() {
    PyTorch.Found found = PyTorch.find("no-such-python", true, folder);
    assertNull(found.torch());
    assertTrue(found.notes().getFirst().contains("no-such-python"), found.notes()::toString);
    assertTrue(found.notes().getFirst().contains("--python"), found.notes()::toString);
  }

  @Test
  void whatWasCompiledIsDeleted() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("inductor/a/b"));
    Files.writeString(deep.resolve("code.py"), "");
    PyTorch.deleteCompiled(folder);
    assertFalse(Files.exists(folder.resolve("inductor")));
    PyTorch.deleteCompiled(folder);
  }

  @Test
  void describesVersionAndInstructions() {
    String output =
        """
        MKL_VERBOSE oneMKL 2024.0 Update 2 Product build 20240605 for Intel(R) 64 architecture \
        Intel(R) Architecture processors, Lnx 2.60GHz lp64 gnu_thread
        MKL_VERBOSE SGEMM(N,N,64,64,64)
        about PyTorch 2.15.0, ATen AVX512
        """;
    String mkl = "oneMKL 2024.0 Update 2 for Intel(R) Architecture processors";
    assertEquals("PyTorch 2.15.0, ATen AVX512; " + mkl, PyTorch.describe(output, false));
    assertEquals("with the preloaded library: " + mkl, PyTorch.describe(output, true));
  }

  @Test
  void theLibraryIsBuiltWhereGccIs() throws IOException, InterruptedException {
    boolean gcc;
    try {
      gcc = new ProcessBuilder("gcc", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      gcc = false;
    }
    assumeTrue(gcc, "no gcc");
    assertFalse(Preload.build(folder).isEmpty());
    assertTrue(Files.exists(Preload.build(folder).orElseThrow()));
  }
}
