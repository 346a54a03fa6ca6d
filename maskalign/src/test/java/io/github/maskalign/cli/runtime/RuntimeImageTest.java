package io.github.maskalign.cli.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.FolderSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageTest {

  @TempDir private Path folder;

  /** The program of the image. */
  public static final class Greeting {
    private Greeting() {}

    /** Says what it was given, and how wide vectors are: nothing without their module. */
    public static void main(String[] args) {
      System.out.println(
          String.join("+", args)
              + " "
              + (FloatVector.SPECIES_PREFERRED.length() > 0)
              + " "
              + System.getProperty("greeting"));
    }
  }

  private Path jar() throws IOException {
    Path jar = folder.resolve("greeting.jar");
    String entry = Greeting.class.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        InputStream code = Greeting.class.getClassLoader().getResourceAsStream(entry)) {
      entries.putNextEntry(new JarEntry(entry));
      code.transferTo(entries);
    }
    return jar;
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theFolderRunsTheProgramWithItsOwnJava() throws IOException, InterruptedException {
    Path image = folder.resolve("an image");
    List<String> options = List.of("--add-modules=" + "jdk.incubator.vector", "-Dgreeting=hello");
    new RuntimeImage("greet", Greeting.class.getName(), List.of(jar()), options).write(image);
    Path link = Files.createSymbolicLink(folder.resolve("link"), image.resolve("bin/greet"));
    ProcessBuilder start =
        new ProcessBuilder(link.toString(), "a b", "c").redirectErrorStream(true);
    start.environment().keySet().removeIf(name -> name.startsWith("JAVA"));
    start.environment().put("PATH", "/usr/bin:/bin");
    Process process = start.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertTrue(said.contains("a b+c true hello"), said);
    assertFalse(Files.exists(image.resolve("bin/jlink")));
    for (String notice : List.of("LICENSE", "NOTICE")) {
      assertTrue(Files.size(image.resolve(notice)) > 0);
    }
    assertTrue(
        Files.readString(image.resolve("bin/greet")).contains("--help | -V | --version) modules="));
    assertTrue(FolderSize.of(image) > Files.size(jar()));
  }

  @Test
  void aFolderThatIsThereIsLeftAlone() throws IOException {
    RuntimeImage image = new RuntimeImage("greet", "Greeting", List.of(jar()), List.of());
    assertThrows(FileAlreadyExistsException.class, () -> image.write(folder));
  }
}
