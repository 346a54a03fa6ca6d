package io.github.maskalign.cli.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;

/**
 * Copies jars without the native libraries of other systems.
 *
 * @param system as the system property {@code os.name}
 * @param architecture as the system property {@code os.arch}
 */
record PlatformJar(String system, String architecture) {

  private static final Pattern NATIVE = Pattern.compile("(?i).*\\.(so|dll|dylib|jnilib)");

  /**
   * Names of systems and architectures in the paths of native libraries; the values are aliases.
   */
  private static final List<List<String>> SYSTEMS =
      List.of(
          List.of("linux"),
          List.of("windows", "win"),
          List.of("mac os x", "mac", "macos", "macosx", "osx", "darwin"),
          List.of("freebsd"));

  private static final List<List<String>> ARCHITECTURES =
      List.of(
          List.of("amd64", "x86_64", "x64"),
          List.of("x86", "i386", "i686"),
          List.of("aarch64", "arm64"),
          List.of("arm", "armv6", "armv7"),
          List.of("ppc64", "ppc64le"),
          List.of("riscv64"),
          List.of("s390x"));

  static PlatformJar here() {
    return new PlatformJar(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /** Copies a jar into a folder, unless it has nothing but native libraries of other systems. */
  void copy(Path jar, Path folder) throws IOException {
    Path target = folder.resolve(jar.getFileName());
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      List<JarEntry> all =
          file.stream().filter(entry -> !entry.isDirectory()).map(JarEntry.class::cast).toList();
      List<JarEntry> kept = all.stream().filter(entry -> !isForeign(entry.getName())).toList();
      if (kept.size() == all.size()) {
        Files.copy(jar, target);
      } else if (kept.stream().anyMatch(entry -> !entry.getName().startsWith("META-INF/"))) {
        write(file, kept, target);
      }
    }
  }

  private static void write(JarFile from, List<JarEntry> kept, Path target) throws IOException {
    try (OutputStream out = Files.newOutputStream(target);
        JarOutputStream jar = new JarOutputStream(out)) {
      for (JarEntry entry : kept) {
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        jar.putNextEntry(copy);
        try (InputStream in = from.getInputStream(entry)) {
          in.transferTo(jar);
        }
        jar.closeEntry();
      }
    }
  }

  /** Whether an entry is a native library of another system or architecture. */
  boolean isForeign(String entry) {
    if (!NATIVE.matcher(entry).matches()) {
      return false;
    }
    String suffix = entry.substring(entry.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    List<String> own =
        switch (group(SYSTEMS, system)) {
          case 0, 3 -> List.of("so");
          case 1 -> List.of("dll");
          case 2 -> List.of("dylib", "jnilib");
          default -> List.of(suffix);
        };
    return !own.contains(suffix)
        || names(entry, SYSTEMS, system)
        || names(entry, ARCHITECTURES, architecture);
  }

  /** Whether the path names systems or architectures, but not this one. */
  private static boolean names(String entry, List<List<String>> groups, String present) {
    List<String> parts = List.of(entry.toLowerCase(Locale.ROOT).split("[/.-]"));
    int own = group(groups, present);
    boolean another = false;
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).stream().anyMatch(parts::contains)) {
        if (i == own) {
          return false;
        }
        another = true;
      }
    }
    return another;
  }

  /** The group with a name, or -1. */
  private static int group(List<List<String>> groups, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).contains(lower) || i == 1 && lower.startsWith("windows")) {
        return i;
      }
    }
    return -1;
  }
}
