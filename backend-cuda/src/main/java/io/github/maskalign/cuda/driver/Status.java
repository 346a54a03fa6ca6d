package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;
import java.util.function.Supplier;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.nvrtc.JNvrtc;

/** Turns status codes into exceptions that name the operation, what it was given and what to do. */
final class Status {

  private Status() {}

  /** Checks a code of the driver. */
  static void driver(int code, String operation) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw failure(operation, text(code), hint(code));
    }
  }

  /** Checks a code of the driver; the operation is only put into words if it failed. */
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

  /** A code of the driver in words. */
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
          "; an operation queued earlier failed and the device's state is lost: set the environment"
              + " variable CUDA_LAUNCH_BLOCKING=1 to see which, and restart the program";
      case CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED,
          CUresult.CUDA_ERROR_STREAM_CAPTURE_INVALIDATED ->
          "; not possible while a graph is captured: run the step once before, so that its memory"
              + " is in the pool, and do not read results inside";
      case CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU, CUresult.CUDA_ERROR_INVALID_IMAGE ->
          "; the compiled kernels do not fit this device: empty the cache of kernels";
      default -> "";
    };
  }
}
