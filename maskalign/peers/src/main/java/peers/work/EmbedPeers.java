package peers.work;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.embed.EmbedderOptions;
import io.github.maskalign.vit.image.Picture;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;
import peers.contest.Contender;
import peers.contest.Contest;
import peers.contest.Result;

/**
 * Compares an {@link Embedder} with another library that runs the same ViT-B/16: one image for one
 * caller, and many concurrent callers. Ours starts from 8-bit pixels and batches requests through
 * its queue; the other starts from floats and gets the whole batch at once.
 */
public final class EmbedPeers implements AutoCloseable {

  /** Concurrent callers, and the batch size of both sides. */
  private static final int MANY = Callers.MANY;

  private static final float AGREEMENT = 1e-3f;
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** The other library. */
  public interface Peer extends AutoCloseable {

    /** Images {@code [B, 3, H, W]} to the normalized class token of the first image. */
    float[] embed(int pictures, float[] pixels);

    @Override
    void close();
  }

  /** Creates a peer from our network. */
  public interface Opening {
    Peer open(ViTConfig config, Parameters parameters, int threads);
  }

  private final EmbedderFile file;
  private final Embedder embedder;
  private final Peer peer;
  private final Callers callers = new Callers();
  private final Picture picture;
  private final float[] pixels;
  private final float[] manyPixels;

  /** Creates both sides. */
  public EmbedPeers(int threads, Opening opening) {
    file = new EmbedderFile(threads);
    peer =
        EmbedderFile.withNetwork(
            threads, network -> opening.open(EmbedderFile.CONFIG, network, threads));
    EmbedderOptions options = EmbedderOptions.defaults();
    embedder =
        file.load(
            options
                .withThreads(threads)
                .withUnitLength(false)
                .withBatching(MANY, options.batching().maxDelay()));
    picture = EmbedderFile.picture();
    pixels = embedder.preprocessing().apply(picture);
    manyPixels = new float[MANY * pixels.length];
    for (int i = 0; i < MANY; i++) {
      System.arraycopy(pixels, 0, manyPixels, i * pixels.length, pixels.length);
    }
  }

  /**
   * Runs both contests.
   *
   * @param name of the peer
   */
  public void run(String name, Contest contest, Consumer<Result> to) {
    requireAlike(embedder.embed(picture), peer.embed(1, pixels));
    to.accept(
        contest.run(
            "one image", rested(this::oneCaller), name, rested(() -> peer.embed(1, pixels))));
    to.accept(
        contest.run(
            MANY + " callers",
            rested(this::manyCallers),
            name,
            rested(() -> peer.embed(MANY, manyPixels))));
  }

  /** Starts after a pause, in which idle threads of the other side stop spinning. */
  private static Contender rested(Runnable work) {
    return new Contender() {
      @Override
      public void prepare() {
        try {
          Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void run() {
        work.run();
      }
    };
  }

  private void oneCaller() {
    embedder.embed(picture);
  }

  private void manyCallers() {
    callers.embed(embedder, picture);
  }

  private static void requireAlike(float[] ours, float[] theirs) {
    for (int i = 0; i < ours.length; i++) {
      if (!(Math.abs(ours[i] - theirs[i]) <= AGREEMENT)) {
        throw new IllegalStateException(
            "the results differ; the peer's: " + Arrays.toString(theirs));
      }
    }
  }

  @Override
  public void close() {
    callers.close();
    embedder.close();
    peer.close();
    file.close();
  }
}
