package peers.work;

import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;

/** The backend of our side. */
public final class OurBackend {

  private OurBackend() {}

  /** The backend {@code cpu} with a number of threads. */
  public static Backends.Choice open(int threads) {
    return open(threads, Precision.F32);
  }

  /** The backend {@code cpu} with a number of threads and a precision of products. */
  public static Backends.Choice open(int threads, Precision precision) {
    return Backends.open("cpu", new BackendOptions(threads, Long.MAX_VALUE, precision));
  }
}
