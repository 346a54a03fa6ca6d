package io.github.maskalign.cuda.library;

import java.util.List;
import java.util.stream.IntStream;

/** The NVIDIA libraries that the backend uses. */
public enum CudaLibrary {
  DRIVER("NVIDIA driver", "libcuda.so.1", "nvcuda.dll"),
  CUBLAS_LT("cuBLAS", "libcublasLt.so.%d", "cublasLt64_%d.dll"),
  CUBLAS("cuBLAS", "libcublas.so.%d", "cublas64_%d.dll"),
  NVRTC_BUILTINS("NVRTC", "libnvrtc-builtins.so.%d.%d", "nvrtc-builtins64_%d%d.dll"),
  NVRTC("NVRTC", "libnvrtc.so.%d", "nvrtc64_%d0_0.dll"),
  CUDNN_INFER("cuDNN", "libcudnn_ops_infer.so.8", "cudnn_ops_infer64_8.dll"),
  CUDNN_TRAIN("cuDNN", "libcudnn_ops_train.so.8", "cudnn_ops_train64_8.dll"),
  CUDNN("cuDNN", "libcudnn.so.8", "cudnn64_8.dll");

  /** No toolkit had more. */
  private static final int MAX_MINOR = 9;

  private final String product;
  private final String linuxName;
  private final String windowsName;

  CudaLibrary(String product, String linuxName, String windowsName) {
    this.product = product;
    this.linuxName = linuxName;
    this.windowsName = windowsName;
  }

  /** Product name. */
  public String product() {
    return product;
  }

  /** The possible file names, those of newer minor versions first. */
  List<String> fileNames(CudaRelease release, boolean windows) {
    String pattern = windows ? windowsName : linuxName;
    if (this != NVRTC_BUILTINS) {
      return List.of(pattern.formatted(release.major()));
    }
    return IntStream.rangeClosed(0, MAX_MINOR)
        .mapToObj(older -> pattern.formatted(release.major(), MAX_MINOR - older))
        .toList();
  }
}
