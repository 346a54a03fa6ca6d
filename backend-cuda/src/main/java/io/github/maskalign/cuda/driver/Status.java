package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;
import java.util.function.Supplier;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** Turns status codes into exceptions with the operation, its arguments and a remedy. */
final class Status {

  private Status() {}

  /** Checks a code of the driver. */
  static void driver(int code, String operation) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(operation, text(code), hint(code));
    }
  }

  /** Checks a code of the driver; the operation is described only on failure. */
  static void driver(int code, Supplier<String> operation) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(operation.get(), text(code), hint(code));
    }
  }

  /** Checks a code of cuBLAS. */
  static void blas(int code, Supplier<String> operation) {
    if (code != 0) {
      throw failure(operation.get(), JCublas2.cublasGetStatusName(code) + " (" + code + ")", "");
    }
  }

  /** Checks a code of cuDNN. */
  static void dnn(int code, Supplier<String> operation) {
    if (code != 0) {
      throw failure(operation.get(), JCudnn.cudnnGetErrorString(code) + " (" + code + ")", "");
    }
  }

  /** Checks a code of NVRTC. */
  static void nvrtc(int code, String operation) {
    if (code != 0) {
      throw failure(operation, JNvrtc.nvrtcGetErrorString(code) + " (" + code + ")", "");
    }
  }

  /** Describes a code of the driver. */
  static String text(int code) {
    String[] words = {null};
    String name = CUresult.stringFor(code);
    JCudaDriver.cuGetErrorString(code, words);
    return name + " (" + code + (words[0] == null ? ")" : ", " + words[0] + ")");
  }

  private static DeviceException failure(String operation, String error, String hint) {
    return new DeviceException("cuda: " + operation + ": " + error + hint);
  }

  private static String hint(int code) {
    return switch (code) {
      case CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS ->
          "; an operation queued earlier failed and the state of the device is lost: set the"
              + " environment variable CUDA_LAUNCH_BLOCKING=1 and restart to find it";
      case CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
          CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED ->
          "; not possible during the capture of a graph: run the step once before, so that its"
              + " memory is in the pool, and do not read results during the capture";
      case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, CUresult.CUDA_ERROR_INVALID_IMAGE ->
          "; the compiled kernels do not match this device: delete the kernel cache";
      default -> "";
    };
  }
}
