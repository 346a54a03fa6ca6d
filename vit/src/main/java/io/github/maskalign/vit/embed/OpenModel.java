package io.github.maskalign.vit.embed;

import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.function.Supplier;

/**
 * A loaded network with what it needs until it is closed.
 *
 * @param <N> the network
 */
record OpenModel<N>(NetworkFile file, Backends.Choice choice, Scope scope, N network)
    implements AutoCloseable {

  /** Loads a network's weights, which the scope owns. */
  interface Load<N> {
    N from(Scope scope, NetworkFile file);
  }

  /**
   * Opens the backend, then loads the network while the kernels are compiled.
   *
   * @param name of the scope
   * @param opened the file, which {@link #close} closes, as does a failure
   */
  static <N> OpenModel<N> open(
      String name, Supplier<NetworkFile> opened, Execution execution, Load<N> load) {
    Backends.Choice choice = execution.open();
    Scope scope = Scope.root(choice.backend(), name);
    NetworkFile file = null;
    try {
      N network;
      try (JitWarmup warmUp = JitWarmup.start(choice.backend())) {
        file = opened.get();
        warmUp.like(file.config());
        network = load.from(scope, file);
      }
      return new OpenModel<>(file, choice, scope, network);
    } catch (RuntimeException | Error e) {
      scope.close();
      choice.close();
      if (file != null) {
        file.close();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    scope.close();
    choice.close();
    file.close();
  }
}
