package peers.work;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;

/** The backend of our side. */
public final class OurBackend {

  private OurBackend() {}

  /** The backend {@code cpu} with a number of threads. */
  public static Backends.Choice open(int threads) {
    return Backends.open("cpu", new BackendOptions(threads, Long.MAX_VALUE));
  }
}
