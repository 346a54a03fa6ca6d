package io.github.maskalign.cuda.library;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.Optional;

/** Loads into this process, for as long as it lives. */
final class SystemLoader implements LibrarySearch.Loader {

  @Override
  public Optional<String> load(Path file) {
    try {
      System.load(file.toString());
      return Optional.empty();
    } catch (UnsatisfiedLinkError e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean loadByName(String name) {
    try {
      SymbolLookup.libraryLookup(name, Arena.global());
      return true;
    } catch (IllegalArgumentException absent) {
      return false;
    }
  }
}
