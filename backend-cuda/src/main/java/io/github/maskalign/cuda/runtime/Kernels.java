package io.github.maskalign.cuda.runtime;

import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.driver.KernelModule;
import io.github.maskalign.cuda.driver.Nvrtc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The kernels of a device, compiled at first use. Sources are CUDA C++ without toolkit headers;
 * kernels are declared {@code extern "C" __global__}.
 */
public final class Kernels implements AutoCloseable {

  private final Device device;
  private final Nvrtc compiler;
  private final CubinCache cache;
  private final Function<String, KernelSource> sources;
  private final Map<List<String>, KernelModule> modules = new HashMap<>();

  /** Kernels from the resources of this module. */
  public Kernels(Device device, CubinCache cache) {
    this(device, cache, KernelSource::load);
  }

  /**
   * Kernels from other sources.
   *
   * @param sources returns the source with a given file name
   */
  public Kernels(Device device, CubinCache cache, Function<String, KernelSource> sources) {
    this.device = device;
    this.compiler = device.compiler();
    this.cache = cache;
    this.sources = sources;
  }

  /**
   * Returns a kernel, compiled if needed.
   *
   * @param file name of the source, such as {@code softmax.cu}
   * @param name name of the kernel
   * @param defines preprocessor definitions, such as {@code HEAD=64}; each combination is compiled
   *     separately
   * @throws io.github.maskalign.tensor.error.DeviceException if the source does not compile with
   *     these definitions, or has no kernel with this name
   */
  public synchronized Kernel get(String file, String name, String... defines) {
    List<String> key = new ArrayList<>(List.of(defines));
    key.add(file);
    return modules.computeIfAbsent(key, _ -> load(file, defines)).kernel(name);
  }

  /** The version of NVRTC, such as 12.9. */
  public String compilerVersion() {
    return compiler.version();
  }

  private KernelModule load(String file, String... defines) {
    KernelSource source = sources.apply(file);
    List<String> options = new ArrayList<>();
    options.add("--gpu-architecture=" + target(device.info().architecture()));
    options.add("--std=c++17");
    for (String define : defines) {
      options.add("-D" + define);
    }
    List<String> cacheKey = new ArrayList<>(options);
    cacheKey.add(compiler.version());
    cacheKey.add(source.text());
    source.headers().forEach((name, text) -> cacheKey.addAll(List.of(name, text)));
    byte[] image =
        cache.get(cacheKey, () -> compiler.compile(file, source.text(), source.headers(), options));
    return device.load(file, image);
  }

  /**
   * The device's architecture, or if NVRTC does not support it, PTX for the newest that it does,
   * which the driver compiles.
   */
  private String target(int architecture) {
    int newest = compiler.newestUpTo(architecture);
    return newest == architecture ? "sm_" + architecture : "compute_" + newest;
  }

  @Override
  public synchronized void close() {
    modules.values().forEach(KernelModule::close);
    modules.clear();
  }
}
