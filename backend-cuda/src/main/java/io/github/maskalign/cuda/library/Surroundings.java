package io.github.maskalign.cuda.library;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a search may look at, so that tests can stage another machine.
 *
 * @param property system properties by name, null where unset
 * @param environment environment variables by name, null where unset
 * @param root folder that stands for the root of the file system
 * @param classes where resources of jars are found
 * @param windows whether files bear Windows' names
 */
record Surroundings(
    UnaryOperator<@Nullable String> property,
    UnaryOperator<@Nullable String> environment,
    Path root,
    ClassLoader classes,
    boolean windows) {

  /** This machine and this Java. */
  static Surroundings present() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    return new Surroundings(
        System::getProperty,
        System::getenv,
        Path.of(windows ? "C:\\" : "/"),
        Surroundings.class.getClassLoader(),
        windows);
  }

  /** As bytedeco and JCuda name this kind of machine. */
  String platform() {
    return windows ? "windows-x86_64" : "linux-x86_64";
  }
}
