package peers.work;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.image.Picture;
import peers.contest.Contest;
import peers.contest.Result;

/** Compares an {@link Embedder} in BF16 with one in F32, for concurrent callers. */
public final class EmbedPrecisions implements AutoCloseable {

  /** The least cosine of the angle between both embeddings of an image. */
  private static final double ALIKE = 0.999;

  private final EmbedderFile file;
  private final Embedder narrow;
  private final Embedder wide;
  private final Callers callers = new Callers();

  /** Creates both sides. */
  public EmbedPrecisions(int threads) {
    file = new EmbedderFile(threads);
    EmbedderOptions options = EmbedderOptions.defaults().withThreads(threads);
    wide = file.load(options);
    narrow = file.load(options.withPrecision(Precision.BF16));
  }

  /** Runs the contest. */
  public Result run(Contest contest) {
    Picture picture = EmbedderFile.picture();
    requireAlike(narrow.embed(picture), wide.embed(picture));
    return contest.run(
        Callers.MANY + " callers",
        () -> callers.embed(narrow, picture),
        "F32",
        () -> callers.embed(wide, picture));
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
    file.close();
  }
}
