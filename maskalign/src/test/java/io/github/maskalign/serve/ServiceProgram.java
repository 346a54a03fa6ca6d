package io.github.maskalign.serve;

import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What {@link EmbedderServiceTest} runs in a JVM of its own, where memory is this program's. */
final class ServiceProgram {

  static final int CALLS = 100_000;
  private static final int CALLERS = 16;

  private final Path model;
  private final byte[] picture;

  private ServiceProgram(Path model, byte[] picture) {
    this.model = model;
    this.picture = picture;
  }

  /** Arguments: calls or deploy, weights, picture. */
  public static void main(String[] args) throws Exception {
    ServiceProgram program =
        new ServiceProgram(Path.of(args[1]), Files.readAllBytes(Path.of(args[2])));
    switch (args[0]) {
      case "calls" -> program.calls();
      case "deploy" -> program.deployments();
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  /** Prints what is held after half of the calls, and after all. */
  private void calls() throws Exception {
    EmbedderOptions options = EmbedderOptions.defaults().withBackend("cpu").withThreads(2);
    try (Embedder embedder = Embedder.load(model, options);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      float[] expected = embedder.embed(picture);
      call(callers, embedder, expected, CALLS / 2);
      print(embedder.memory());
      call(callers, embedder, expected, CALLS / 2);
      print(embedder.memory());
    }
  }

  /** Many callers at once, in one way and another. */
  private void call(ExecutorService callers, Embedder embedder, float[] expected, int calls)
      throws Exception {
    for (int done = 0; done < calls; done += CALLERS) {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        results.add(
            i % 2 == 0
                ? callers.submit(() -> embedder.embed(new ByteArrayInputStream(picture)))
                : callers.submit(() -> embedder.embed(picture)));
      }
      for (Future<float[]> result : results) {
        if (!Arrays.equals(expected, result.get())) {
          throw new IllegalStateException("a call gave another embedding");
        }
      }
    }
  }

  private static void print(MemoryStats pool) throws IOException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS"))
            .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
            .findFirst()
            .orElseThrow();
    System.out.printf(
        "held %d %d %d %d%n",
        pool.live(),
        runtime.totalMemory() - runtime.freeMemory(),
        resident,
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  /** As an application server does, twice; prints how many class loaders are left. */
  private void deployments() throws Exception {
    List<WeakReference<ClassLoader>> deployed = List.of(deploy(), deploy());
    long left = deployed.size();
    for (int i = 0; i < 100 && left > 0; i++) {
      System.gc();
      Thread.sleep(20);
      left = deployed.stream().filter(loader -> loader.get() != null).count();
    }
    System.out.println("left " + left);
  }

  /** Classes of a loader of their own, and another loader in the calling thread. */
  private WeakReference<ClassLoader> deploy() throws Exception {
    List<URL> places = new ArrayList<>();
    for (String place : System.getProperty("java.class.path").split(File.pathSeparator)) {
      places.add(Path.of(place).toUri().toURL());
    }
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    Thread.currentThread().setContextClassLoader(platform);
    try (URLClassLoader application = new URLClassLoader(places.toArray(URL[]::new), platform)) {
      Class<?> type = application.loadClass(Embedder.class.getName());
      if (type == Embedder.class) {
        throw new IllegalStateException("the class is not the application's own");
      }
      AutoCloseable embedder =
          (AutoCloseable) type.getMethod("load", Path.class).invoke(null, model);
      float[] vector = (float[]) type.getMethod("embed", byte[].class).invoke(embedder, picture);
      embedder.close();
      System.out.println("embedded " + vector.length);
      return new WeakReference<>(application);
    }
  }
}
