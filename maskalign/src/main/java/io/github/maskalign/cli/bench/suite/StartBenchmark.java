package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.io.PrivateFolder;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Time from the start of a JVM to the first embedding with ViT-B/16, and its memory, in separate
 * JVMs with and without an AOT cache (JEP 483, 515).
 *
 * @param backend of the embedder
 * @param threads of the embedder
 * @param precision of the embedder
 * @param jvms number of runs per median
 */
public record StartBenchmark(String backend, int threads, Precision precision, int jvms) {

  private static final int ATTEMPTS = 3;
  private static final double MEGA = 1e6;

  /** Milliseconds since the start of the JVM, and bytes resident at the peak. */
  private record Figures(double loaded, double first, double resident) {

    static Figures parse(String output) {
      double[] numbers =
          output
              .lines()
              .filter(line -> line.matches("\\d+ \\d+ (\\d+|NaN)"))
              .flatMapToDouble(
                  line -> Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble))
              .toArray();
      if (numbers.length != 3) {
        throw new IllegalStateException("bench: unexpected output of the JVM: " + output);
      }
      return new Figures(numbers[0], numbers[1], numbers[2]);
    }
  }

  public void run(PrintWriter out) throws IOException {
    try (PrivateFolder folder = PrivateFolder.create()) {
      Path weights = folder.path().resolve("vit-b.safetensors");
      Path cache = folder.path().resolve("java.aot");
      save(weights);
      out.printf(
          "ViT-B/16, %.0f MB weight file, %d threads, medians of %d JVMs%n",
          Files.size(weights) / MEGA, threads, jvms);
      out.printf("%-18s %12s %22s %16s%n", "", "loaded ms", "first embedding ms", "resident MB");
      row(out, "without AOT cache", weights, List.of());
      // The process that assembles the cache fails occasionally.
      for (int i = 0; i < ATTEMPTS && Files.notExists(cache); i++) {
        start(weights, List.of("-XX:AOTCacheOutput=" + cache));
      }
      if (Files.exists(cache)) {
        row(out, "with AOT cache", weights, List.of("-XX:AOTCache=" + cache));
      } else {
        out.println("The JVM did not create an AOT cache.");
      }
    }
  }

  private static void save(Path file) {
    try (Backends.Choice choice = Backends.open("cpu", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "network")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), ViTConfig.base(224, 16));
      Weights.save(file, parameters, Map.of());
    }
  }

  private void row(PrintWriter out, String name, Path weights, List<String> options)
      throws IOException {
    List<Figures> all = new ArrayList<>();
    for (int i = 0; i < jvms; i++) {
      all.add(start(weights, options));
    }
    out.printf(
        Locale.ROOT,
        "%-18s %12.0f %22.0f %16.0f%n",
        name,
        median(all.stream().mapToDouble(Figures::loaded)),
        median(all.stream().mapToDouble(Figures::first)),
        median(all.stream().mapToDouble(Figures::resident)) / MEGA);
    out.flush();
  }

  private double median(DoubleStream values) {
    return values.sorted().skip(jvms / 2).findFirst().orElseThrow();
  }

  /** Starts a JVM with the options of this one and others. */
  private Figures start(Path weights, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(FirstEmbedding.class.getName());
    command.addAll(
        List.of(weights.toString(), backend, Integer.toString(threads), precision.name()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (var output = process.getInputStream()) {
      String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(); // the cache is written after the output
      return Figures.parse(said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("bench: interrupted while a JVM ran");
    } finally {
      process.destroy();
    }
  }
}
