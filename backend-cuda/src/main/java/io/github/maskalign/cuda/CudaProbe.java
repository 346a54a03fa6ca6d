package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.cuda.driver.Driver;
import io.github.maskalign.cuda.driver.Nvrtc;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult;
import io.github.maskalign.cuda.library.SearchResult.Missing;
import io.github.maskalign.tensor.BackendProvider.Availability;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checks whether this machine can run the backend. */
final class CudaProbe {

  /** The CUDA version of JCuda's native libraries. */
  private static final int MIN_DRIVER = 12_000;

  /** Ampere, the first architecture with BF16 tensor cores. */
  private static final int MIN_ARCHITECTURE = 80;

  private static final List<CudaLibrary> REQUIRED =
      List.of(
          CudaLibrary.CUBLAS_LT, CudaLibrary.CUBLAS, CudaLibrary.NVRTC_BUILTINS, CudaLibrary.NVRTC);

  private CudaProbe() {}

  /** Never throws. */
  static Availability run(LibrarySearch search) {
    try {
      return obstacle(search)
          .<Availability>map(CudaProbe::unavailable)
          .orElseGet(Availability.Available::new);
    } catch (RuntimeException | LinkageError e) {
      String reason = "the CUDA libraries failed to load: " + reason(e) + "; " + report(search);
      return unavailable(new Obstacle(reason, true));
    }
  }

  /** Most machines have no GPU, and their users read only the first clause. */
  private static Availability unavailable(Obstacle obstacle) {
    String reason = obstacle.reason;
    return new Availability.Unavailable(reason, reason.split("[:;]", 2)[0], obstacle.hasDevice);
  }

  /**
   * Why the backend does not run.
   *
   * @param hasDevice whether there seems to be a GPU that could run it
   */
  private record Obstacle(String reason, boolean hasDevice) {}

  private static Optional<Obstacle> obstacle(LibrarySearch search) {
    String platform =
        System.getProperty("os.name", "") + " on " + System.getProperty("os.arch", "");
    if (!List.of("amd64", "x86_64").contains(System.getProperty("os.arch", ""))) {
      return without("JCuda does not support " + platform + "; x86-64 is required");
    }
    if (search.load(CudaLibrary.DRIVER) instanceof Missing missing) {
      return without(missing.toString());
    }
    int version = Driver.version();
    if (version < MIN_DRIVER) {
      return with(
          "the NVIDIA driver is too old: it supports CUDA "
              + dotted(version)
              + "; install driver 525 or newer, which supports 12.0");
    }
    Optional<String> error = Driver.initialize();
    if (error.isPresent()) {
      return with(
          "the NVIDIA driver failed to initialize: "
              + error.get()
              + "; check that nvidia-smi lists a GPU and that CUDA_VISIBLE_DEVICES does not hide it");
    }
    if (Driver.devices() == 0) {
      return without("the NVIDIA driver lists no GPU; check CUDA_VISIBLE_DEVICES");
    }
    DeviceInfo info = Driver.info(0);
    if (info.architecture() < MIN_ARCHITECTURE) {
      return without(
          "the %s has compute capability %d.%d; 8.0 (Ampere) or newer is required"
              .formatted(info.name(), info.major(), info.minor()));
    }
    for (CudaLibrary library : REQUIRED) {
      if (search.load(library) instanceof Missing missing) {
        return with(missing.toString());
      }
    }
    Nvrtc.newestUpTo(info.architecture());
    return Optional.empty();
  }

  private static Optional<Obstacle> without(String reason) {
    return Optional.of(new Obstacle(reason, false));
  }

  private static Optional<Obstacle> with(String reason) {
    return Optional.of(new Obstacle(reason, true));
  }

  /** Describes which libraries were found. */
  static String report(LibrarySearch search) {
    StringBuilder text = new StringBuilder();
    for (SearchResult result : search.results()) {
      text.append(text.isEmpty() ? "" : ", ").append(result);
    }
    return text.toString();
  }

  private static String dotted(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** The most specific line of JCuda's message. */
  private static String reason(Throwable thrown) {
    String all = String.valueOf(thrown.getMessage());
    return all.lines()
        .map(String::strip)
        .filter(line -> line.toLowerCase(Locale.ROOT).contains("cannot open"))
        .findFirst()
        .orElseGet(
            () -> thrown.getClass().getSimpleName() + ": " + all.lines().findFirst().orElse(""));
  }
}
