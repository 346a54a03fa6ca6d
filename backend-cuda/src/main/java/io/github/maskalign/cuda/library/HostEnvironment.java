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
 * @param arm whether the processor is an ARM of 64 bits; x86-64 otherwise
 */
record HostEnvironment(
    UnaryOperator<@Nullable String> property,
    UnaryOperator<@Nullable String> environment,
    Path root,
    ClassLoader classes,
    boolean windows,
    boolean arm) {

  /** This machine. */
  static HostEnvironment current() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    return new HostEnvironment(
        System::getProperty,
        System::getenv,
        Path.of(windows ? "C:\\" : "/"),
        HostEnvironment.class.getClassLoader(),
        windows,
        System.getProperty("os.arch", "").equals("aarch64"));
  }

  /** The platform name that bytedeco uses. */
  String platform() {
    return (windows ? "windows" : "linux") + (arm ? "-arm64" : "-x86_64");
  }

  /** The architecture in the names of folders of Linux. */
  String architecture() {
    return arm ? "aarch64" : "x86_64";
  }

  /** The folder of a toolkit for this processor. */
  String target() {
    return arm ? "targets/sbsa-linux/lib" : "targets/x86_64-linux/lib";
  }
}
