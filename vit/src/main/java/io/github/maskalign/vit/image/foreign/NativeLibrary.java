package io.github.maskalign.vit.image.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.stream.Stream;

/**
 * An installed library of C functions.
 *
 * @param name of its file
 */
record NativeLibrary(String name, SymbolLookup symbols) {

  /** What uses a library, checking that it has the functions. */
  @FunctionalInterface
  interface Binding<T> {
    T to(NativeLibrary library) throws UnavailableException;
  }

  /** Homebrew's folder on Apple silicon, where the system does not look. */
  private static final String HOMEBREW = "/opt/homebrew/lib/";

  /**
   * Binds the first library that is installed and has all functions.
   *
   * @param names files, looked for in the system's folders
   * @param remedy what to install
   * @throws UnavailableException with the reason and the remedy
   */
  static <T> T bind(List<String> names, String remedy, Binding<T> binding)
      throws UnavailableException {
    String reason = "it is not installed: install " + remedy;
    Stream<String> all =
        names.stream()
            .flatMap(
                name ->
                    name.endsWith(".dylib") ? Stream.of(name, HOMEBREW + name) : Stream.of(name));
    for (String name : all.toList()) {
      try {
        return binding.to(
            new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global())));
      } catch (IllegalCallerException e) {
        throw new UnavailableException(
            "native access is disabled: run with --enable-native-access=ALL-UNNAMED");
      } catch (UnavailableException e) {
        reason = name + " is " + e.getMessage();
      } catch (IllegalArgumentException e) {
        continue; // there is no such file
      }
    }
    throw new UnavailableException(reason);
  }

  MethodHandle function(String function, FunctionDescriptor descriptor)
      throws UnavailableException {
    return Linker.nativeLinker()
        .downcallHandle(
            symbols
                .find(function)
                .orElseThrow(
                    () -> new UnavailableException("too old: it lacks the function " + function)),
            descriptor);
  }
}
