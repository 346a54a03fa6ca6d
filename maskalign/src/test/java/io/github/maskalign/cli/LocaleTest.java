package io.github.maskalign.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.sets.Samples;
import io.github.maskalign.tensor.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A data set is the same in every locale; other systems use UTF-8 whatever the locale. */
@EnabledOnOs(OS.LINUX)
class LocaleTest {

  @TempDir private Path folder;

  /** Runs a command in a JVM of its own, in the working folder. */
  private String run(String locale, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dmaskalign.restart=false",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Path said = folder.resolve("said");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("LC_ALL", locale);
    Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return Files.readString(said, UTF_8);
  }

  private void picture(String name) throws IOException {
    Path file = FileNames.resolve(folder, name);
    Files.createDirectories(file.getParent());
    Files.write(file, Samples.png(1));
  }

  @Test
  void classesAndNamesDoNotDependOnTheLocale() throws Exception {
    List<String> names =
        List.of(
            "s/cafe\\xcc\\x81/1.png", "s/café/日本.png", "s/caf\\xe8/\\xff.png", "s/caf\\xe9/1.png");
    for (String name : names) {
      picture(name);
    }
    Files.writeString(folder.resolve("s.txt"), "s/café/日本.png 0\n");
    for (String locale : List.of("C", "C.UTF-8")) {
      String folders = run(locale, "data", "check", "s", "--quiet");
      assertTrue(
          folders.contains("classes     caf\\xe8 1, caf\\xe9 1, cafe\u0301 1, café 1"), folders);
      assertTrue(folders.contains("checked     4 of 4"), folders);
      assertTrue(folders.contains("damaged     0"), folders);
      String list = run(locale, "data", "check", "s.txt", "--quiet");
      assertTrue(list.contains("classes     0 1"), list);
      assertTrue(list.contains("damaged     0"), list);
    }
  }

  @Test
  void lostArgumentsGetAdvice() throws Exception {
    assertEquals("", Arguments.advice(new String[] {"data", "café"}, "UTF-8"));
    assertTrue(Arguments.advice(new String[] {"caf\ufffd"}, "UTF-8").endsWith("or rename it"));
    String said = run("C", "data", "check", "café");
    assertTrue(said.contains("ANSI_X3.4-1968: set LC_ALL=C.UTF-8"), said);
    assertEquals(1, said.lines().filter(line -> line.contains("LC_ALL")).count(), said);
  }
}
