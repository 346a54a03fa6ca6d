package io.github.maskalign.cuda.library;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The folders that a {@link LibrarySearch} examines. */
final class SearchPaths {

  /** Since CUDA 13, libraries on Windows are in a subfolder of bin. */
  private static final List<String> SUBFOLDERS =
      List.of("", "lib64", "lib", "%3$s", "bin", "bin/x64");

  /** With the release, the architecture and the folder of a toolkit for it. */
  private static final List<String> STANDARD_ON_LINUX =
      List.of(
          "usr/local/cuda/lib64",
          "usr/local/cuda-%1$d*/lib64",
          "usr/local/cuda-%1$d*/%3$s",
          "opt/cuda/lib64",
          "usr/lib/%2$s-linux-gnu",
          "usr/lib64",
          "usr/lib/wsl/lib");

  private static final List<String> STANDARD_ON_WINDOWS =
      List.of(
          "Program Files/NVIDIA GPU Computing Toolkit/CUDA/v%1$d*/bin",
          "Program Files/NVIDIA GPU Computing Toolkit/CUDA/v%1$d*/bin/x64", "Windows/System32");

  private static final List<String> PYTHON =
      List.of(
          "usr/local/lib/python3*/dist-packages",
          "usr/local/lib/python3*/site-packages",
          "usr/lib/python3/dist-packages");

  private final HostEnvironment machine;
  private final CudaRelease release;

  SearchPaths(HostEnvironment machine, CudaRelease release) {
    this.machine = machine;
    this.release = release;
  }

  private String filled(String pattern) {
    return pattern.formatted(release.major(), machine.architecture(), machine.target());
  }

  /** The folders of a search path, each with its usual subfolders for libraries. */
  List<Path> listed(@Nullable String list) {
    List<Path> folders = new ArrayList<>();
    if (list != null) {
      for (String entry : list.split(machine.windows() ? ";" : ":")) {
        if (!entry.isBlank()) {
          SUBFOLDERS.forEach(sub -> folders.add(Path.of(entry).resolve(filled(sub))));
        }
      }
    }
    return existing(folders);
  }

  /** The standard install folders of toolkits and system packages. */
  List<Path> standard() {
    List<Path> folders = new ArrayList<>();
    for (String pattern : machine.windows() ? STANDARD_ON_WINDOWS : STANDARD_ON_LINUX) {
      folders.addAll(expand(machine.root(), filled(pattern)));
    }
    return existing(folders);
  }

  /** The folders {@code nvidia/*}{@code /lib} of Python packages. */
  List<Path> python() {
    List<Path> packages = new ArrayList<>();
    for (String variable : List.of("VIRTUAL_ENV", "CONDA_PREFIX")) {
      @Nullable String prefix = machine.environment().apply(variable);
      if (prefix != null) {
        packages.addAll(expand(Path.of(prefix), "lib/python3*/site-packages"));
      }
    }
    @Nullable String home = machine.property().apply("user.home");
    if (home != null) {
      packages.addAll(expand(Path.of(home), ".local/lib/python3*/site-packages"));
    }
    PYTHON.forEach(pattern -> packages.addAll(expand(machine.root(), pattern)));
    List<Path> folders = new ArrayList<>();
    for (Path folder : packages) {
      folders.addAll(expand(folder, machine.windows() ? "nvidia/*/bin" : "nvidia/*/lib"));
    }
    return existing(folders);
  }

  /** Expands stars in a path, in reverse alphabetical order, so that newer versions come first. */
  private static List<Path> expand(Path base, String pattern) {
    List<Path> reached = List.of(base);
    for (String part : pattern.split("/")) {
      List<Path> next = new ArrayList<>();
      for (Path folder : reached) {
        if (part.contains("*")) {
          next.addAll(children(folder, part));
        } else {
          next.add(folder.resolve(part));
        }
      }
      reached = next;
    }
    return reached;
  }

  private static List<Path> children(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
        entries.forEach(found::add);
      } catch (IOException unreadable) {
        return List.of();
      }
    }
    found.sort(Comparator.reverseOrder());
    return found;
  }

  private static List<Path> existing(List<Path> folders) {
    return folders.stream().filter(Files::isDirectory).distinct().toList();
  }
}
