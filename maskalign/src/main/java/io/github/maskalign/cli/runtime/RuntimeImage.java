package io.github.maskalign.cli.runtime;

import io.github.maskalign.tensor.error.ArgumentException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/**
 * A folder with a trimmed Java runtime, the jars of a program, and a launcher for the operating
 * system on which it was created.
 *
 * @param name of the launcher
 * @param mainClass of the program
 * @param jars the class path
 * @param options for the JVM
 */
record RuntimeImage(String name, String mainClass, List<Path> jars, List<String> options) {

  private static final String VECTOR = "jdk.incubator.vector";

  private static final String ADD_MODULES = "--add-modules=";

  /** Used only through reflection or services, which jdeps does not detect. */
  private static final Set<String> UNSEEN = Set.of(VECTOR, "jdk.unsupported");

  /**
   * Writes the folder.
   *
   * @param folder must not exist
   * @throws ArgumentException if the running JDK has no jlink or jdeps
   */
  void write(Path folder) throws IOException {
    if (Files.exists(folder)) {
      throw new FileAlreadyExistsException(folder.toString());
    }
    Path parent = folder.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    run(
        "jlink",
        List.of(
            "--add-modules",
            String.join(",", modules()),
            "--output",
            folder.toString(),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-6",
            "--add-options",
            " " + String.join(" ", alwaysOn())));
    Path app = Files.createDirectory(folder.resolve("app"));
    for (Path jar : jars) {
      PlatformJar.here().copy(jar, app);
    }
    launcher(folder.resolve("bin"));
    for (String notice : List.of("LICENSE", "NOTICE")) {
      try (InputStream text = RuntimeImage.class.getResourceAsStream("/META-INF/" + notice)) {
        if (text == null) {
          throw new IllegalStateException("this build lacks its resource META-INF/" + notice);
        }
        Files.copy(text, folder.resolve(notice));
      }
    }
  }

  /** The options without the vector module, which the launcher adds, but not to print help. */
  private List<String> alwaysOn() {
    return options.stream().filter(option -> !option.startsWith(ADD_MODULES)).toList();
  }

  private String modulesToAdd() {
    return options.stream()
        .filter(option -> option.startsWith(ADD_MODULES))
        .collect(Collectors.joining(" "));
  }

  /** The modules of the JDK that the jars use. */
  private Set<String> modules() {
    Set<String> modules = new TreeSet<>(UNSEEN);
    for (Path jar : jars) {
      for (ModuleReference module : ModuleFinder.of(jar).findAll()) {
        modules.addAll(
            module.descriptor().isAutomatic() ? used(jar) : required(module.descriptor()));
      }
    }
    return modules;
  }

  /** The JDK modules that a module requires. */
  private static Set<String> required(ModuleDescriptor module) {
    return module.requires().stream()
        .filter(required -> !required.modifiers().contains(Modifier.STATIC))
        .map(Requires::name)
        .filter(name -> name.startsWith("java.") || name.startsWith("jdk."))
        .collect(Collectors.toSet());
  }

  /** The JDK modules that the classes of an automatic module use. */
  private static List<String> used(Path jar) {
    String feature = Integer.toString(Runtime.version().feature());
    String found =
        run(
            "jdeps",
            List.of(
                "--ignore-missing-deps",
                "--multi-release",
                feature,
                "--print-module-deps",
                jar.toString()));
    // A jar of native libraries has no classes.
    return found.isBlank() ? List.of() : List.of(found.strip().split(","));
  }

  private static String run(String tool, List<String> arguments) {
    ToolProvider provider =
        ToolProvider.findFirst(tool)
            .orElseThrow(
                () ->
                    new ArgumentException(
                        "this Java runtime (%s) has no %s: use a full JDK"
                            .formatted(System.getProperty("java.home"), tool)));
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      int status = provider.run(out, out, arguments.toArray(String[]::new));
      String text = output.toString(StandardCharsets.UTF_8);
      if (status != 0) {
        throw new ArgumentException(tool + " failed: " + text.strip());
      }
      return text;
    }
  }

  private void launcher(Path bin) throws IOException {
    if (File.separatorChar == '\\') {
      Files.writeString(
          bin.resolve(name + ".cmd"),
          """
          @echo off
          setlocal EnableExtensions DisableDelayedExpansion
          set "MODULES=%s"
          if "%%~1"=="" set "MODULES="
          for %%%%A in (-h --help -V --version) do (
            if "%%~1"=="%%%%A" set "MODULES="
            if "%%~2"=="%%%%A" set "MODULES="
          )
          "%%~dp0java" %%MODULES%% %%MASKALIGN_JAVA_OPTS%% -cp "%%~dp0..\\app\\*" %s %%*
          exit /b %%ERRORLEVEL%%
          """
              .formatted(modulesToAdd(), mainClass)
              .replace("\n", "\r\n"));
      return;
    }
    Path script = bin.resolve(name);
    Files.writeString(
        script,
        """
        #!/bin/sh
        file=$0
        while [ -h "$file" ]; do
          link=$(readlink "$file")
          case $link in /*) file=$link ;; *) file=$(dirname "$file")/$link ;; esac
        done
        bin=$(cd "$(dirname "$file")" && pwd -P)
        export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
        # Java warns of the vector module, so help is printed without it.
        modules='%s'
        [ $# -gt 0 ] || modules=
        for argument in "$@"; do
          case $argument in -h | --help | -V | --version) modules= ;; esac
        done
        exec "$bin/java" $modules ${MASKALIGN_JAVA_OPTS:-} -cp "$bin/../app/*" '%s' "$@"
        """
            .formatted(modulesToAdd(), mainClass));
    if (!script.toFile().setExecutable(true, false)) {
      throw new IOException("cannot make " + script + " executable");
    }
  }
}
