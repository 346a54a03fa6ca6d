package io.github.maskalign.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Our product beside OpenBLAS's in one process, by turns round by round: JMH would time one after
 * the other, and a shared machine changes its speed in between.
 *
 * <p>With one thread the clock is that thread's CPU time, which other work disturbs less; with more
 * it is the wall clock. Beside each row stands the machine's rate of fused multiply-adds.
 */
public final class GemmPeers {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long WARM_UP_NANOS = 3_000_000_000L;

  /** The linear layers of ViT-B and ViT-S: 60 tokens x 16 pictures, 197 tokens x 8. */
  private static final Shape[] LINEAR = {
    new Shape(960, 768, 768, "NN"),
    new Shape(960, 2304, 768, "NN"),
    new Shape(960, 3072, 768, "NN"),
    new Shape(960, 768, 3072, "NN"),
    new Shape(1576, 768, 768, "NN"),
    new Shape(1576, 2304, 768, "NN"),
    new Shape(1576, 3072, 768, "NN"),
    new Shape(1576, 768, 3072, "NN"),
    new Shape(960, 768, 3072, "NT"),
    new Shape(768, 3072, 960, "TN"),
    new Shape(960, 384, 384, "NN"),
    new Shape(960, 1536, 384, "NN"),
  };

  /** Small ones: a head's scores and mixtures, and the first products of a test-sized model. */
  private static final Shape[] SMALL = {
    new Shape(60, 60, 64, "NT"),
    new Shape(60, 64, 60, "NN"),
    new Shape(197, 197, 64, "NT"),
    new Shape(197, 64, 197, "NN"),
    new Shape(50, 50, 24, "NT"),
    new Shape(15, 15, 32, "NT"),
  };

  private record Shape(int m, int n, int k, String order) {
    @Override
    public String toString() {
      return m + "x" + n + "x" + k + " " + order;
    }
  }

  private GemmPeers() {}

  /** Arguments: threads, rounds, and a part of the names of the shapes to run or "small". */
  public static void main(String[] args) {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 31;
    String only = args.length > 2 ? args[2] : "";
    for (String variable : new String[] {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
      if (System.getenv(variable) != null) {
        throw new IllegalStateException(
            variable + " is set and may slow OpenBLAS; run again with env -u " + variable);
      }
    }
    openblas_nolapack.blas_set_num_threads(threads);
    System.out.printf(
        "Java %s, %d-bit vectors, %d thread(s), %d rounds; OpenBLAS kernel %s%n",
        System.getProperty("java.version"), Lanes.F32.vectorBitSize(), threads, rounds, corename());
    System.out.println("GFLOP/s: median/best; ratio: median of the rounds' ratios");
    FmaPeak.measure();
    double logs = 0;
    int count = 0;
    try (Workers workers = new Workers(threads)) {
      Gemm gemm = new Gemm(workers);
      for (Shape shape : only.equals("small") ? SMALL : LINEAR) {
        if (only.equals("small") || shape.toString().contains(only)) {
          logs += Math.log(measure(gemm, shape, threads, rounds));
          count++;
        }
      }
    }
    System.out.printf("geometric mean of %d ratios: %.3f%n", count, Math.exp(logs / count));
  }

  /** Which of its kernels OpenBLAS chose for this processor. */
  private static String corename() {
    Path library = Path.of(Loader.load(openblas_nolapack.class));
    MemorySegment function =
        SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow("openblas_get_corename");
    MethodHandle handle =
        Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(ADDRESS));
    try {
      return ((MemorySegment) handle.invokeExact()).reinterpret(64).getString(0);
    } catch (Throwable failure) {
      throw new IllegalStateException("openblas_get_corename", failure);
    }
  }

  private static double measure(Gemm gemm, Shape shape, int threads, int rounds) {
    int m = shape.m;
    int n = shape.n;
    int k = shape.k;
    boolean turnedA = shape.order.charAt(0) == 'T';
    boolean turnedB = shape.order.charAt(1) == 'T';
    int rowA = turnedA ? m : k;
    int rowB = turnedB ? k : n;
    try (Arena arena = Arena.ofShared();
        FloatPointer peerA = new FloatPointer((long) m * k);
        FloatPointer peerB = new FloatPointer((long) k * n);
        FloatPointer peerC = new FloatPointer((long) m * n)) {
      MemorySegment a = floats(arena, m * k, peerA);
      MemorySegment b = floats(arena, k * n, peerB);
      MemorySegment c = arena.allocate(4L * m * n, 64);
      GemmOperand ours = new GemmOperand(a, 0, rowA, 1);
      GemmOperand oursB = new GemmOperand(b, 0, rowB, 1);
      GemmOperand left = turnedA ? ours.transposed() : ours;
      GemmOperand right = turnedB ? oursB.transposed() : oursB;
      GemmOperand result = new GemmOperand(c, 0, n, 1);
      int repeats = (int) Math.max(1, 20_000_000L / ((long) m * n * k));
      Runnable[] contenders = {
        () -> {
          for (int i = 0; i < repeats; i++) {
            gemm.sgemm(m, n, k, left, right, result, null, 0, false);
          }
        },
        () -> {
          for (int i = 0; i < repeats; i++) {
            openblas_nolapack.cblas_sgemm(
                openblas_nolapack.CblasRowMajor,
                turnedA ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
                turnedB ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans,
                m,
                n,
                k,
                1,
                peerA,
                rowA,
                peerB,
                rowB,
                0,
                peerC,
                n);
          }
        }
      };
      for (Runnable contender : contenders) {
        // Processor time: on a busy machine the compiler's threads need as much longer as we do.
        long end = now(1) + WARM_UP_NANOS;
        while (now(1) < end) {
          contender.run();
        }
      }
      compare(c, peerC, m * n, k);
      double flops = 2.0 * m * n * k * repeats;
      double[][] rates = new double[3][rounds];
      double[] ratios = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < 2; i++) {
          long start = now(threads);
          contenders[i].run();
          rates[i][round] = flops / (now(threads) - start);
        }
        rates[2][round] = 1e-9 * FmaPeak.rate(100_000);
        ratios[round] = rates[0][round] / rates[1][round];
      }
      Arrays.sort(ratios);
      System.out.printf(
          "%-18s | ours %s | OpenBLAS %s | ratio %.3f (of bests %.3f) | peak of a core %s%n",
          shape,
          text(rates[0]),
          text(rates[1]),
          ratios[rounds / 2],
          rates[0][rounds - 1] / rates[1][rounds - 1],
          text(rates[2]));
      return ratios[rounds / 2];
    }
  }

  /** Sorts the rates. */
  private static String text(double[] rates) {
    Arrays.sort(rates);
    return "%3.0f/%3.0f".formatted(rates[rates.length / 2], rates[rates.length - 1]);
  }

  private static long now(int threads) {
    return threads == 1 ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }

  private static MemorySegment floats(Arena arena, int count, FloatPointer twin) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    twin.put(values);
    MemorySegment segment = arena.allocate(4L * count, 64);
    MemorySegment.copy(values, 0, segment, JAVA_FLOAT, 0, count);
    return segment;
  }

  private static void compare(MemorySegment ours, FloatPointer theirs, int count, int k) {
    for (int i = 0; i < count; i++) {
      float x = ours.getAtIndex(JAVA_FLOAT, i);
      float y = theirs.get(i);
      if (!(Math.abs(x - y) <= 1e-6 * k)) {
        throw new IllegalStateException("results differ at " + i + ": " + x + ", OpenBLAS " + y);
      }
    }
  }
}
