package io.github.maskalign.cuda.library;

import java.util.List;
import java.util.stream.IntStream;

/** The NVIDIA libraries that the backend uses, with their possible file names. */
public enum CudaLibrary {
  DRIVER("NVIDIA driver", List.of("libcuda.so.1"), List.of("nvcuda.dll")),
  CUBLAS_LT("cuBLAS", List.of("libcublasLt.so.12"), List.of("cublasLt64_12.dll")),
  CUBLAS("cuBLAS", List.of("libcublas.so.12"), List.of("cublas64_12.dll")),
  NVRTC_BUILTINS(
      "NVRTC", minors("libnvrtc-builtins.so.12.%d"), minors("nvrtc-builtins64_12%d.dll")),
  NVRTC("NVRTC", List.of("libnvrtc.so.12"), List.of("nvrtc64_120_0.dll")),
  CUDNN_INFER("cuDNN", List.of("libcudnn_ops_infer.so.8"), List.of("cudnn_ops_infer64_8.dll")),
  CUDNN_TRAIN("cuDNN", List.of("libcudnn_ops_train.so.8"), List.of("cudnn_ops_train64_8.dll")),
  CUDNN("cuDNN", List.of("libcudnn.so.8"), List.of("cudnn64_8.dll"));

  /** The Maven artifact with all of them except the driver. */
  static final String COORDINATE = "org.bytedeco:cuda:12.3-8.9-1.5.10:%s-redist";

  private final String product;
  private final List<String> linuxNames;
  private final List<String> windowsNames;

  CudaLibrary(String product, List<String> linuxNames, List<String> windowsNames) {
    this.product = product;
    this.linuxNames = linuxNames;
    this.windowsNames = windowsNames;
  }

  /** Product name. */
  public String product() {
    return product;
  }

  List<String> fileNames(boolean windows) {
    return windows ? windowsNames : linuxNames;
  }

  /** File names of all minor versions, the newest first. */
  private static List<String> minors(String pattern) {
    return IntStream.iterate(9, minor -> minor >= 0, minor -> minor - 1)
        .mapToObj(pattern::formatted)
        .toList();
  }
}
