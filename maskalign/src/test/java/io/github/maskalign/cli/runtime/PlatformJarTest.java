package io.github.maskalign.cli.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformJarTest {

  private static final PlatformJar LINUX = new PlatformJar("Linux", "amd64");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, lib/libJCublas2-12.6.0-linux-x86_64.so, false",
    "Linux, amd64, lib/JCublas2-12.6.0-windows-x86_64.dll, true",
    "Linux, amd64, org/jline/nativ/Linux/arm64/libjlinenative.so, true",
    "Linux, amd64, org/jline/nativ/Linux/x86_64/libjlinenative.so, false",
    "Linux, amd64, org/jline/nativ/FreeBSD/x86_64/libjlinenative.so, true",
    "Linux, amd64, org/jline/nativ/Mac/x86_64/libjlinenative.jnilib, true",
    "Linux, aarch64, lib/libJCublas2-12.6.0-linux-x86_64.so, true",
    "Windows 11, amd64, lib/JCublas2-12.6.0-windows-x86_64.dll, false",
    "Windows 11, amd64, lib/libJCublas2-12.6.0-linux-x86_64.so, true",
    "Mac OS X, aarch64, native/osx/arm64/liba.dylib, false",
    "Mac OS X, aarch64, native/osx/x86_64/liba.dylib, true",
    "Linux, amd64, liba.so, false",
    "Linux, amd64, windows/Settings.class, false",
  })
  void tellsLibrariesOfOtherSystems(
      String system, String architecture, String entry, boolean isForeign) {
    assertEquals(isForeign, new PlatformJar(system, architecture).isForeign(entry));
  }

  private List<String> copied(String name, String... entries) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (String entry : entries) {
        out.putNextEntry(new JarEntry(entry));
        out.write(entry.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
    Path target = Files.createDirectories(folder.resolve("app"));
    LINUX.copy(jar, target);
    if (Files.notExists(target.resolve(name))) {
      return List.of();
    }
    try (JarFile file = new JarFile(target.resolve(name).toFile())) {
      return file.stream().map(JarEntry::getName).toList();
    }
  }

  @Test
  void leavesThemOut() throws IOException {
    assertEquals(
        List.of("META-INF/LICENSE", "A.class", "lib/a-linux-x86_64.so"),
        copied(
            "both.jar",
            "META-INF/LICENSE",
            "A.class",
            "lib/a-linux-x86_64.so",
            "lib/a-windows-x86_64.dll"));
    assertEquals(List.of(), copied("other.jar", "META-INF/LICENSE", "lib/a-windows-x86_64.dll"));
    assertTrue(copied("plain.jar", "META-INF/LICENSE", "A.class").contains("A.class"));
  }
}
