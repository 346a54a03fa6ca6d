package io.github.maskalign.cuda.library;

import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a search reads from the machine; tests substitute another one.
 *
 * @param property system properties by name, null where unset
 * @param environment environment variables by name, null where unset
 * @param root root folder of the file system
 * @param classes class loader of the resources in jars
 * @param windows whether libraries have Windows file names
 */
record HostEnvironment(
    UnaryOperator<@Nullable String> property,
    UnaryOperator<@Nullable String> environment,
    Path root,
    ClassLoader classes,
    boolean windows) {

  /** This machine. */
  static HostEnvironment current() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    return new HostEnvironment(
        System::getProperty,
        System::getenv,
        Path.of(windows ? "C:\\" : "/"),
        HostEnvironment.class.getClassLoader(),
        windows);
  }

  /** The platform name that bytedeco and JCuda use. */
  String platform() {
    return windows ? "windows-x86_64" : "linux-x86_64";
  }
}
