package io.github.maskalign.vectors.cases;

/**
 * A kind of case: a computation that has reference data. It runs the library on the case's backend
 * and passes every result to {@link VectorCase#checks}; the case fails if an expected result is not
 * checked, or on an exception.
 */
@FunctionalInterface
public interface CaseKind {

  /** Runs and checks one case. */
  void run(VectorCase given);
}
