package io.github.maskalign.cuda.library;

import java.util.List;

/** Outcome of the search for one library. */
public sealed interface Located {

  /** Which library was looked for. */
  CudaLibrary library();

  /**
   * It is loaded.
   *
   * @param file path, or the bare name where the system's loader does not tell more
   * @param place where it was found, for people
   */
  record Loaded(CudaLibrary library, String file, String place) implements Located {

    @Override
    public String toString() {
      return library.product() + ": " + file + " (" + place + ")";
    }
  }

  /**
   * It could not be loaded.
   *
   * @param file the name looked for
   * @param looked every place in order, with the reason where a file lay there and did not load
   * @param remedy what to do
   */
  record Missing(CudaLibrary library, String file, List<String> looked, String remedy)
      implements Located {

    @Override
    public String toString() {
      return "no "
          + library.product()
          + ": "
          + file
          + " was looked for in "
          + String.join(", ", looked)
          + "; "
          + remedy;
    }
  }
}
