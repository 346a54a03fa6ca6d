package io.github.maskalign.cpu.machine;

/** A kernel cannot run here. */
final class RefusedException extends Exception {

  private static final long serialVersionUID = 1;

  /** With a clause: why not, and what to do if something can be done. */
  RefusedException(String reason) {
    super(reason);
  }
}
