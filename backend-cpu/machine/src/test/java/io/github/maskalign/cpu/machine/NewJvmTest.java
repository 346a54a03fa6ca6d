package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.testing.NewJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels in JVMs with other options, and when one crashes. */
@Tag("slow")
class NewJvmTest {

  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private static final int PANELS = 60;

  @TempDir private Path folder;

  static List<MachineRung> rungs() {
    return MachineRung.ALL;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xcheck:jni",
        "-Xint",
        "-XX:+UseZGC -Xmx64m",
        "-XX:+UseSerialGC -Xmn1m -XX:+UseCompactObjectHeaders",
        "-XX:StartFlightRecording:settings=profile,filename=FOLDER/recording.jfr"
      })
  void withOtherOptions(String options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(NATIVE_ACCESS, "-Xlog:disable"));
    all.addAll(List.of(options.replace("FOLDER", folder.toString()).split(" ")));
    List<String> lines = NewJvm.linesWith(folder, all, RunKernels.class, PANELS);
    // Nothing else: -Xcheck:jni would print what it finds.
    assertEquals(Collections.nCopies(Kernels.all().size(), PANELS + " equal"), lines);
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void aCrashReportNamesTheKernel(MachineRung rung) throws IOException {
    Kernels.of(rung);
    Path report = folder.resolve("report");
    List<String> options =
        List.of(NATIVE_ACCESS, "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=" + report);
    assertThrows(
        IllegalStateException.class,
        () -> NewJvm.linesWith(folder, options, RunCrash.class, rung.name()));
    String text = Files.readString(report);
    assertTrue(text.contains("SIGSEGV"), text);
    assertTrue(text.contains("MachineKernel.multiply"), text);
    // 16 bytes a line, with their text behind two or more blanks.
    String stack = text.substring(text.indexOf("Top of Stack"));
    String top =
        stack
            .lines()
            .skip(1)
            .limit(2)
            .map(line -> line.substring(line.length() - 16))
            .collect(Collectors.joining());
    assertEquals("maskalign %s 3 rows".formatted(rung), top.replaceFirst("\\.+$", ""));
  }
}
