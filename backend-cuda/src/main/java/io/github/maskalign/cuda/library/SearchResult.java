package io.github.maskalign.cuda.library;

import java.util.List;

/** Result of the search for one library. */
public sealed interface SearchResult {

  /** The library. */
  CudaLibrary library();

  /**
   * The library is loaded.
   *
   * @param file path, or the bare name if the system loader found it
   * @param place description of where it was found
   */
  record Loaded(CudaLibrary library, String file, String place) implements SearchResult {

    @Override
    public String toString() {
      return library.product() + ": " + file + " (" + place + ")";
    }
  }

  /**
   * The library is missing.
   *
   * @param file expected file name
   * @param searched every place in order, with the error if a file there failed to load
   * @param remedy how to install it
   */
  record Missing(CudaLibrary library, String file, List<String> searched, String remedy)
      implements SearchResult {

    @Override
    public String toString() {
      return "no "
          + library.product()
          + ": "
          + file
          + " not found in "
          + String.join(", ", searched)
          + "; "
          + remedy;
    }
  }
}
