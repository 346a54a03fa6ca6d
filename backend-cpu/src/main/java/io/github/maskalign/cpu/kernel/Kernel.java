package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/**
 * An operation that splits its work among threads; a tier supplies what one thread computes.
 *
 * <p>A tier's methods borrow scratch memory once per call, so they get as many rows as a task has.
 */
abstract class Kernel {
  /** The threads that tasks run on. */
  final Workers workers;

  /** Arrays to borrow. */
  protected final Scratch scratch;

  Kernel(Workers workers, Scratch scratch) {
    this.workers = workers;
    this.scratch = scratch;
  }
}
