package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.cuda.driver.Driver;
import io.github.maskalign.cuda.driver.Nvrtc;
import io.github.maskalign.cuda.library.CudaLibrary;
import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.Located.Missing;
import io.github.maskalign.cuda.library.Located;
import io.github.maskalign.tensor.BackendProvider.Availability;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds out whether this machine can run the backend, in steps that each need those before. */
final class CudaProbe {

  /** The version of CUDA that JCuda's native libraries were built for. */
  private static final int OLDEST_DRIVER = 12_000;

  /** Ampere: the oldest whose tensor cores take BF16. */
  private static final int OLDEST_ARCHITECTURE = 80;

  private static final List<CudaLibrary> NEEDED =
      List.of(
          CudaLibrary.CUBLAS_LT, CudaLibrary.CUBLAS, CudaLibrary.NVRTC_BUILTINS, CudaLibrary.NVRTC);

  private CudaProbe() {}

  /** Never throws. */
  static Availability run(LibrarySearch search) {
    try {
      return refusal(search)
          .<Availability>map(Availability.Unavailable::new)
          .orElseGet(Availability.Available::new);
    } catch (RuntimeException | LinkageError e) {
      return new Availability.Unavailable(
          "CUDA's libraries do not work together: " + reason(e) + "; " + report(search));
    }
  }

  private static Optional<String> refusal(LibrarySearch search) {
    String platform =
        System.getProperty("os.name", "") + " on " + System.getProperty("os.arch", "");
    if (!List.of("amd64", "x86_64").contains(System.getProperty("os.arch", ""))) {
      return Optional.of("there is no JCuda for " + platform + "; x86-64 is needed");
    }
    if (search.load(CudaLibrary.DRIVER) instanceof Missing missing) {
      return Optional.of(missing.toString());
    }
    int version = Driver.version();
    if (version < OLDEST_DRIVER) {
      return Optional.of(
          "the NVIDIA driver is too old: it supports CUDA "
              + dotted(version)
              + ", needed is 12.0; install driver 525 or newer");
    }
    Optional<String> notStarted = Driver.start();
    if (notStarted.isPresent()) {
      return Optional.of(
          "the NVIDIA driver does not start: "
              + notStarted.get()
              + "; nvidia-smi should list a GPU, and CUDA_VISIBLE_DEVICES must not hide it");
    }
    if (Driver.devices() == 0) {
      return Optional.of(
          "no GPU: the NVIDIA driver lists none; is CUDA_VISIBLE_DEVICES hiding it?");
    }
    DeviceInfo info = Driver.info(0);
    if (info.architecture() < OLDEST_ARCHITECTURE) {
      return Optional.of(
          "the %s has compute capability %d.%d; 8.0 (Ampere) or newer is needed"
              .formatted(info.name(), info.major(), info.minor()));
    }
    for (CudaLibrary library : NEEDED) {
      if (search.load(library) instanceof Missing missing) {
        return Optional.of(missing.toString());
      }
    }
    Nvrtc.newestUpTo(info.architecture());
    return Optional.empty();
  }

  /** Which libraries run, for people. */
  static String report(LibrarySearch search) {
    StringBuilder text = new StringBuilder();
    for (Located located : search.answers()) {
      text.append(text.isEmpty() ? "" : ", ").append(located);
    }
    return text.toString();
  }

  private static String dotted(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** The line that tells most of what JCuda tells in many. */
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
