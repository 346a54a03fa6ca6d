package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.memory.HostPool;
import java.util.Optional;

/**
 * Opens the backend under test. The tests of a backend implement this once for all suites:
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
   * Opens a new backend, closed by the caller. One without host threads ignores {@code threads};
   * one that manages its own memory ignores {@code pool} and does not subclass {@link
   * MemoryContract}.
   */
  Backend open(int threads, HostPool pool);

  /** The relative error with which factors of F32 products and attention may be rounded first. */
  default double factorError() {
    return 0;
  }

  /** Another backend for direct comparison, closed by the caller; or none. */
  default Optional<Backend> openPeer() {
    return Optional.empty();
  }
}
