package peers.work;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.Weights;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import peers.contest.Contest;
import peers.contest.Result;

/** Compares an {@link Embedder} in BF16 with one in F32, for concurrent callers. */
public final class EmbedPrecisions implements AutoCloseable {

  /** Concurrent callers. */
  private static final int MANY = 8;

  /** The least cosine of the angle between both embeddings of an image. */
  private static final double ALIKE = 0.999;

  private final Path file;
  private final Embedder narrow;
  private final Embedder wide;
  private final Picture picture;
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  /** Creates both sides. */
  public EmbedPrecisions(int threads) {
    ViTConfig config = ViTConfig.base(224, 16);
    try (Backends.Choice choice = OurBackend.open(threads);
        Scope scope = Scope.root(choice.backend(), "network")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViT.create(parameters.root(), config);
      file = Files.createTempFile("embed-precisions", ".safetensors");
      Weights.save(file, parameters, Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    EmbedderOptions options = EmbedderOptions.defaults().withBackend("cpu").withThreads(threads);
    wide = Embedder.load(file, options);
    narrow = Embedder.load(file, options.withPrecision(Precision.BF16));
    byte[] bytes = new byte[3 * 224 * 224];
    new Random(1).nextBytes(bytes);
    picture = Picture.of(bytes, 3, 224, 224);
  }

  /** Runs the contest. */
  public Result run(Contest contest) {
    requireAlike(narrow.embed(picture), wide.embed(picture));
    return contest.run(MANY + " callers", () -> embed(narrow), "F32", () -> embed(wide));
  }

  private void embed(Embedder embedder) {
    List<Callable<float[]>> calls = Collections.nCopies(MANY, () -> embedder.embed(picture));
    try {
      for (Future<float[]> call : callers.invokeAll(calls)) {
        call.resultNow();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of embeddings of unit length. */
  private static void requireAlike(float[] x, float[] y) {
    double cosine = 0;
    for (int i = 0; i < x.length; i++) {
      cosine += (double) x[i] * y[i];
    }
    if (!(cosine >= ALIKE)) {
      throw new IllegalStateException("the embeddings differ: their cosine is " + cosine);
    }
  }

  @Override
  public void close() {
    callers.close();
    narrow.close();
    wide.close();
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
