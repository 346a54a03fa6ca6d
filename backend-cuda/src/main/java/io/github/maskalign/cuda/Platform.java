package io.github.maskalign.cuda;

import io.github.maskalign.cuda.library.CudaRelease;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.List;
import java.util.Locale;

/**
 * An operating system on a processor, and which libraries it uses in which order.
 *
 * @param system the name that Java gives it
 * @param processor the name that Java gives it
 */
record Platform(String system, String processor) {

  /** System property: {@code auto}, {@code jcuda} or {@code foreign}. */
  static final String BINDING_PROPERTY = "maskalign.cuda.binding";

  /** Blackwell, which NVRTC knows since CUDA 12.8. */
  private static final int NEW_ARCHITECTURE = 100;

  private static final Candidate JCUDA = new Candidate(CudaRelease.CUDA_12, true);
  private static final Candidate FOREIGN_12 = new Candidate(CudaRelease.CUDA_12, false);
  private static final Candidate FOREIGN_13 = new Candidate(CudaRelease.CUDA_13, false);

  static Platform current() {
    return new Platform(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  boolean isSupported() {
    boolean x86 = List.of("amd64", "x86_64").contains(processor);
    boolean windows = system.toLowerCase(Locale.ROOT).startsWith("windows");
    return x86 || processor.equals("aarch64") && !windows;
  }

  /** JCuda first where it exists, since most machines have CUDA 12; for new GPUs CUDA 13. */
  List<Candidate> candidates(int architecture) {
    return switch (System.getProperty(BINDING_PROPERTY, "auto")) {
      case "jcuda" -> List.of(JCUDA);
      case "foreign" -> List.of(FOREIGN_13, FOREIGN_12);
      case "auto" -> {
        if (processor.equals("aarch64")) {
          yield List.of(FOREIGN_13, FOREIGN_12);
        }
        yield architecture >= NEW_ARCHITECTURE
            ? List.of(FOREIGN_13, JCUDA)
            : List.of(JCUDA, FOREIGN_13);
      }
      case String other ->
          throw new DeviceException(
              "cuda: -D%s must be auto, jcuda or foreign, not '%s'"
                  .formatted(BINDING_PROPERTY, other));
    };
  }

  @Override
  public String toString() {
    return system + " on " + processor;
  }
}
