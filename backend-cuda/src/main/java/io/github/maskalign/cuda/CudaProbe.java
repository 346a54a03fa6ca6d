package io.github.maskalign.cuda;

import io.github.maskalign.cuda.binding.Binding;
import io.github.maskalign.cuda.binding.foreign.ForeignBinding;
import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.cuda.driver.Driver;
import io.github.maskalign.cuda.driver.Nvrtc;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.SearchResult;
import io.github.maskalign.cuda.library.SearchResult.Loaded;
import io.github.maskalign.cuda.library.SearchResult.Missing;
import io.github.maskalign.tensor.BackendProvider.Availability;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checks whether this machine can run the backend, and with which libraries. */
final class CudaProbe {

  /** Ampere, the first architecture with BF16 tensor cores. */
  private static final int MIN_ARCHITECTURE = 80;

  /** In the order of loading: libraries look up earlier ones by name. */
  private static final List<CudaLibrary> REQUIRED =
      List.of(
          CudaLibrary.CUBLAS_LT, CudaLibrary.CUBLAS, CudaLibrary.NVRTC_BUILTINS, CudaLibrary.NVRTC);

  /** What a probe finds. */
  sealed interface Outcome {

    /** A device, and a binding that can use it. */
    record Usable(Binding binding, int ordinal) implements Outcome {}

    /**
     * Why the backend does not run.
     *
     * @param hasDevice whether there seems to be a GPU that could run it
     */
    record Obstacle(String reason, boolean hasDevice) implements Outcome {

      /** Most machines have no GPU, and their users read only the first clause. */
      Availability.Unavailable unavailable() {
        return new Availability.Unavailable(reason, reason.split("[:;]", 2)[0], hasDevice);
      }
    }
  }

  private final int ordinal;
  private final List<LibrarySearch> searches = new ArrayList<>();

  private CudaProbe(int ordinal) {
    this.ordinal = ordinal;
  }

  /**
   * Looks for a device with this number, and for libraries. Never throws.
   *
   * @param ordinal the number among the devices that the process sees
   */
  static Outcome run(int ordinal) {
    CudaProbe probe = new CudaProbe(ordinal);
    try {
      return probe.outcome();
    } catch (RuntimeException | LinkageError e) {
      return new Outcome.Obstacle(
          "the CUDA libraries failed to load: " + reason(e) + "; " + probe.report(), true);
    }
  }

  private Outcome outcome() {
    Platform platform = Platform.current();
    if (!platform.isSupported()) {
      return new Outcome.Obstacle(
          "there is no CUDA for " + platform + "; x86-64 is required, or Linux on aarch64", false);
    }
    LibrarySearch first = search(CudaRelease.CUDA_12);
    if (!(first.load(CudaLibrary.DRIVER) instanceof Loaded loaded)) {
      return new Outcome.Obstacle(first.load(CudaLibrary.DRIVER).toString(), false);
    }
    Driver driver = new Driver(new ForeignBinding(_ -> loaded.file()));
    Optional<Outcome.Obstacle> obstacle = driverObstacle(driver);
    if (obstacle.isPresent()) {
      return obstacle.get();
    }
    DeviceInfo info = driver.info(ordinal);
    if (info.architecture() < MIN_ARCHITECTURE) {
      return new Outcome.Obstacle(
          "the %s has compute capability %d.%d; 8.0 (Ampere) or newer is required"
              .formatted(info.name(), info.major(), info.minor()),
          false);
    }
    return libraries(platform.candidates(info.architecture()), driver.version(), info);
  }

  private Optional<Outcome.Obstacle> driverObstacle(Driver driver) {
    int version = driver.version();
    if (version < CudaRelease.CUDA_12.minDriver()) {
      return Optional.of(
          new Outcome.Obstacle(
              "the NVIDIA driver is too old: it supports CUDA "
                  + dotted(version)
                  + "; install driver 525 or newer, which supports 12.0",
              true));
    }
    Optional<String> error = driver.initialize();
    if (error.isPresent()) {
      return Optional.of(
          new Outcome.Obstacle(
              "the NVIDIA driver failed to initialize: "
                  + error.get()
                  + "; check that nvidia-smi lists a GPU and that CUDA_VISIBLE_DEVICES does not"
                  + " hide it",
              true));
    }
    int devices = driver.devices();
    if (devices == 0) {
      return Optional.of(
          new Outcome.Obstacle(
              "the NVIDIA driver lists no GPU; check CUDA_VISIBLE_DEVICES", false));
    }
    if (ordinal >= devices) {
      return Optional.of(
          new Outcome.Obstacle(
              "there is no device %d: %s; CUDA_VISIBLE_DEVICES selects those that are seen"
                  .formatted(ordinal, listed(driver, devices)),
              true));
    }
    return Optional.empty();
  }

  private static String listed(Driver driver, int devices) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < devices; i++) {
      names.add(i + " is the " + driver.info(i).name());
    }
    return String.join(", ", names);
  }

  /** The first candidate whose libraries are there. */
  private Outcome libraries(List<Candidate> candidates, int driverVersion, DeviceInfo info) {
    List<String> reasons = new ArrayList<>();
    for (Candidate candidate : candidates) {
      CudaRelease release = candidate.release();
      if (driverVersion < release.minDriver()) {
        reasons.add(
            "CUDA %d needs a newer driver than this one, which supports %s"
                .formatted(release.major(), dotted(driverVersion)));
        continue;
      }
      LibrarySearch search = search(release);
      Optional<Missing> missing = missing(search);
      if (missing.isEmpty()) {
        Binding binding = candidate.binding(search);
        new Nvrtc(binding.compiler()).newestUpTo(info.architecture());
        return new Outcome.Usable(binding, ordinal);
      }
      reasons.add(
          reasons.isEmpty()
              ? missing.get().toString()
              : "nor is there " + missing.get().file() + " of CUDA " + release.major());
    }
    return new Outcome.Obstacle(String.join("; ", reasons), true);
  }

  private static Optional<Missing> missing(LibrarySearch search) {
    for (CudaLibrary library : REQUIRED) {
      if (search.load(library) instanceof Missing missing) {
        return Optional.of(missing);
      }
    }
    return Optional.empty();
  }

  private LibrarySearch search(CudaRelease release) {
    LibrarySearch search = new LibrarySearch(release);
    searches.add(search);
    return search;
  }

  /** Describes which libraries were found. */
  private String report() {
    List<String> all = new ArrayList<>();
    for (LibrarySearch search : searches) {
      for (SearchResult result : search.results()) {
        all.add(result.toString());
      }
    }
    return String.join(", ", all);
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
