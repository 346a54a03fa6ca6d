package io.github.maskalign.cuda;

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
 * The kernels of a device, compiled for it when first asked for. Resource {@code kernels/x.cu} is
 * CUDA C++ without any toolkit header; its kernels are {@code extern "C" __global__}.
 */
final class Kernels implements AutoCloseable {

  private final Device device;
  private final CubinCache cache;
  private final Function<String, KernelSource> sources;
  private final Map<List<String>, KernelModule> modules = new HashMap<>();

  Kernels(Device device, CubinCache cache) {
    this(device, cache, KernelSource::load);
  }

  /**
   * Kernels of one device.
   *
   * @param sources texts by the names of their files
   */
  Kernels(Device device, CubinCache cache, Function<String, KernelSource> sources) {
    this.device = device;
    this.cache = cache;
    this.sources = sources;
  }

  /**
   * A kernel of a source.
   *
   * @param file name of the source, such as {@code softmax.cu}
   * @param name name of the kernel
   * @param defines values of preprocessor names, such as {@code HEAD=64}; each choice is compiled
   *     for itself
   */
  synchronized Kernel get(String file, String name, String... defines) {
    List<String> key = new ArrayList<>(List.of(defines));
    key.add(file);
    return modules.computeIfAbsent(key, _ -> load(file, defines)).kernel(name);
  }

  private KernelModule load(String file, String... defines) {
    KernelSource source = sources.apply(file);
    List<String> options = new ArrayList<>();
    options.add("--gpu-architecture=" + target(device.info().architecture()));
    options.add("--std=c++17");
    for (String define : defines) {
      options.add("-D" + define);
    }
    List<String> ingredients = new ArrayList<>(options);
    ingredients.add(Nvrtc.version());
    ingredients.add(source.text());
    source.headers().forEach((name, text) -> ingredients.addAll(List.of(name, text)));
    byte[] image =
        cache.get(ingredients, () -> Nvrtc.compile(file, source.text(), source.headers(), options));
    return device.load(file, image);
  }

  /**
   * Machine code for the device; where NVRTC is older than the device, PTX for the newest that it
   * knows, which the driver translates.
   */
  private static String target(int architecture) {
    int newest = Nvrtc.newestUpTo(architecture);
    return newest == architecture ? "sm_" + architecture : "compute_" + newest;
  }

  @Override
  public synchronized void close() {
    modules.values().forEach(KernelModule::close);
    modules.clear();
  }
}
