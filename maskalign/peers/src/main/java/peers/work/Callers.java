package peers.work;

import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.image.Picture;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Concurrent callers of an {@link Embedder}. */
final class Callers implements AutoCloseable {

  /** How many there are. */
  static final int MANY = 8;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Each embeds an image. */
  void embed(Embedder embedder, Picture picture) {
    List<Callable<float[]>> calls = Collections.nCopies(MANY, () -> embedder.embed(picture));
    try {
      for (Future<float[]> call : threads.invokeAll(calls)) {
        call.resultNow();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    threads.close();
  }
}
