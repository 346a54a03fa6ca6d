package io.github.maskalign.tensor.reference;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider;
import io.github.maskalign.tensor.memory.HostPool;

/**
 * Provides the {@link ReferenceBackend}, the last resort.
 *
 * @since 0.1.0
 */
public final class ReferenceProvider implements BackendProvider {

  /** For the service loader. */
  public ReferenceProvider() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public Availability probe() {
    return new Availability.Available();
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ReferenceBackend(new HostPool(options.memoryLimit(), false));
  }
}
