package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.binding.Handle;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/** Turns status codes into exceptions with the operation, its arguments and a remedy. */
final class Status {

  // CUresult
  static final int SUCCESS = 0;
  static final int OUT_OF_MEMORY = 2;
  static final int NOT_READY = 600;
  private static final int INVALID_IMAGE = 200;
  private static final int NO_BINARY_FOR_GPU = 209;
  private static final int JIT_COMPILER_NOT_FOUND = 221;
  private static final int UNSUPPORTED_PTX_VERSION = 222;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int MISALIGNED_ADDRESS = 716;
  private static final int LAUNCH_FAILED = 719;
  private static final int STREAM_CAPTURE_UNSUPPORTED = 900;
  private static final int STREAM_CAPTURE_INVALIDATED = 901;

  private final DriverLibrary driver;

  Status(DriverLibrary driver) {
    this.driver = driver;
  }

  /** Checks a code of the driver. */
  void check(int code, String operation) {
    if (code != SUCCESS) {
      throw failure(operation, text(code), hint(code));
    }
  }

  /** Checks a code of the driver; the operation is described only on failure. */
  void check(int code, Supplier<String> operation) {
    if (code != SUCCESS) {
      throw failure(operation.get(), text(code), hint(code));
    }
  }

  /** What a call of the driver creates. */
  Handle created(ToIntFunction<Handle[]> call, Supplier<String> operation) {
    Handle[] created = new Handle[1];
    check(call.applyAsInt(created), operation);
    return Objects.requireNonNull(created[0]);
  }

  /** Checks a code of another library. */
  static void check(int code, IntFunction<String> text, Supplier<String> operation) {
    if (code != SUCCESS) {
      throw failure(operation.get(), text.apply(code) + " (" + code + ")", "");
    }
  }

  /** Describes a code of the driver. */
  String text(int code) {
    String name = driver.errorName(code);
    String words = driver.errorText(code);
    return (name == null ? "error" : name)
        + " ("
        + code
        + (words == null ? ")" : ", " + words + ")");
  }

  private static DeviceException failure(String operation, String error, String hint) {
    return new DeviceException("cuda: " + operation + ": " + error + hint);
  }

  private static String hint(int code) {
    return switch (code) {
      case ILLEGAL_ADDRESS, LAUNCH_FAILED, MISALIGNED_ADDRESS ->
          "; an operation queued earlier failed and the state of the device is lost: set the"
              + " environment variable CUDA_LAUNCH_BLOCKING=1 and restart to find it";
      case STREAM_CAPTURE_UNSUPPORTED, STREAM_CAPTURE_INVALIDATED ->
          "; not possible during the capture of a graph: run the step once before, so that its"
              + " memory is in the pool, and do not read results during the capture";
      case NO_BINARY_FOR_GPU, INVALID_IMAGE ->
          "; the compiled kernels do not match this device: delete the kernel cache";
      case JIT_COMPILER_NOT_FOUND ->
          "; NVRTC does not know this GPU, so the driver must compile PTX, but its compiler"
              + " (libnvidia-ptxjitcompiler.so.1) is not installed: install the whole driver, in a"
              + " container with NVIDIA_DRIVER_CAPABILITIES=compute,utility, or a newer NVRTC";
      case UNSUPPORTED_PTX_VERSION ->
          "; NVRTC does not know this GPU and is newer than the driver, which cannot compile its"
              + " PTX: update the driver, or install the CUDA version that nvidia-smi shows";
      default -> "";
    };
  }
}
