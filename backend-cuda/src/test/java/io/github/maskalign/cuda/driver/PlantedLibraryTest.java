package io.github.maskalign.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.binding.jcuda.JCudaBinding;
import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.UserCache;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries that another user has put into the folder for temporary files must not run. */
class PlantedLibraryTest {

  private static final List<String> NAMES = List.of("JCudaDriver", "JNvrtc", "JCublas2", "JCudnn");

  @TempDir Path folder;

  /** Initializes all four libraries. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      String before = System.getProperty("java.io.tmpdir");
      Backends.open("cuda", BackendOptions.defaults()).close();
      System.load(Path.of(args[0], "libcudnn.so.8").toAbsolutePath().toString());
      new JCudaBinding().dnn();
      System.out.println(System.getProperty("java.io.tmpdir").equals(before) ? "done" : "changed");
    }
  }

  private String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private Path plant() throws Exception {
    Path mark = folder.resolve("planted-code-ran");
    Path source =
        Files.writeString(
            folder.resolve("planted.cpp"),
            """
            #include <cstdio>
            __attribute__((constructor)) static void run() { fclose(fopen("%s", "w")); }
            """
                .formatted(mark));
    Path shared = Files.createDirectories(folder.resolve("tmp"));
    for (String name : NAMES) {
      Path library = shared.resolve("lib" + name + "-12.6.0-linux-x86_64.so");
      run(List.of("g++", "-shared", "-fPIC", "-o", library.toString(), source.toString()));
    }
    return mark;
  }

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  @Test
  void plantedLibrariesDoNotRun() throws Exception {
    Path emulator = Emulator.build();
    Path mark = plant();
    Path cache = Files.createDirectories(folder.resolve("cache"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + folder.resolve("tmp"),
            "-D" + LibrarySearch.PROPERTY + "=" + emulator,
            "-D" + UserCache.PROPERTY + "=" + cache,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Program.class.getName(),
            emulator.toString());
    assertEquals("done", run(command).lines().toList().getLast());
    assertTrue(Files.notExists(mark), "the planted library ran");
    assertEquals(NAMES.size(), entries(folder.resolve("tmp")).size(), "left in the shared folder");
    List<Path> left = entries(cache).stream().filter(each -> !each.endsWith("kernels")).toList();
    assertEquals(List.of(), left, "left in the cache");
  }
}
