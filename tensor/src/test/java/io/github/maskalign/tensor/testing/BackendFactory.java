package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.memory.HostPool;
import java.util.Optional;

/**
 * Opens the backend that a suite examines. A backend's test implements this once and hands it to
 * all suites:
 *
 * <pre>{@code
 * class CpuContractTest {
 *   interface Cpu extends BackendFactory {
 *     default Backend open(int threads, HostPool pool) {
 *       return new CpuBackend(threads, pool);
 *     }
 *   }
 *
 *   @Group
 *   class Primitives extends PrimitivesContract implements Cpu {}
 * }
 * }</pre>
 */
public interface BackendFactory {

  /**
   * A new backend, closed by the caller. One that has no host threads ignores {@code threads}; one
   * that has memory of its own ignores {@code pool} and does not subclass {@link MemoryContract}.
   */
  Backend open(int threads, HostPool pool);

  /** Another backend that results are held against directly, closed by the caller; or none. */
  default Optional<Backend> openPeer() {
    return Optional.empty();
  }
}
