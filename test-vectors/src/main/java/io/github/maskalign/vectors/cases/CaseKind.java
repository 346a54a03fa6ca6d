package io.github.maskalign.vectors.cases;

/**
 * One computation that reference data exist for. It computes with the library on the case's backend
 * and hands every result to {@link VectorCase#checks}; whatever the manifest expects and no check
 * has seen fails the case, as does an exception.
 */
@FunctionalInterface
public interface CaseKind {

  /** Computes and checks one case. */
  void run(VectorCase given);
}
