package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The derivative of one operation, in parts. Each part computes the gradients of some operands from
 * the gradient g of the result. Its formula receives the values it reads as arguments, so stating
 * them is what makes the tape save them.
 *
 * @param shared a step on g; the parts receive its result in place of g
 * @param parts in the order in which their gradients are accumulated
 */
record Derivative(@Nullable Shared shared, List<Part> parts) {

  /** Computes a gradient from g alone. */
  @FunctionalInterface
  interface Formula {
    Tensor apply(Eager ops, Tensor g);
  }

  /** Computes a gradient from g and a saved value. */
  @FunctionalInterface
  interface Formula1 {
    Tensor apply(Eager ops, Tensor g, Tensor value);
  }

  /** Computes a gradient from g and two saved values. */
  @FunctionalInterface
  interface Formula2 {
    Tensor apply(Eager ops, Tensor g, Tensor first, Tensor second);
  }

  /** Computes a gradient from g and all saved values. */
  @FunctionalInterface
  interface FormulaN {
    Tensor apply(Eager ops, Tensor g, List<Tensor> values);
  }

  /** Computes gradients from g and all saved values, and adds them to their operands. */
  @FunctionalInterface
  interface JointFormula {
    void apply(BackwardPass.Target to, Tensor g, List<Tensor> values);
  }

  /**
   * A step that several parts need.
   *
   * @param saved the values whose elements the formula reads
   */
  record Shared(List<Tensor> saved, FormulaN formula) {}

  /**
   * Runs if one of its operands requires a gradient; without operands it runs always.
   *
   * @param operands get gradients
   * @param saved the values whose elements the formula reads; of any other tensor it may read shape
   *     and type only, since the memory may have been freed
   */
  record Part(List<Tensor> operands, List<Tensor> saved, JointFormula formula) {

    private boolean runs(Predicate<Tensor> tracked) {
      for (int i = 0; i < operands.size(); i++) {
        if (tracked.test(operands.get(i))) {
          return true;
        }
      }
      return operands.isEmpty();
    }
  }

  static Derivative of(Part... parts) {
    return new Derivative(null, List.of(parts));
  }

  static Derivative of(Shared shared, Part... parts) {
    return new Derivative(shared, List.of(parts));
  }

  /** The gradient of one operand, from g alone. */
  static Part part(Tensor operand, Formula formula) {
    return part(operand, List.of(), (ops, g, _) -> formula.apply(ops, g));
  }

  /** The gradient of one operand, from g and a saved value. */
  static Part part(Tensor operand, Tensor saved, Formula1 formula) {
    return part(operand, List.of(saved), (ops, g, v) -> formula.apply(ops, g, v.get(0)));
  }

  /** The gradient of one operand, from g and two saved values. */
  static Part part(Tensor operand, Tensor first, Tensor second, Formula2 formula) {
    return part(
        operand, List.of(first, second), (ops, g, v) -> formula.apply(ops, g, v.get(0), v.get(1)));
  }

  /** The gradient of one operand, from g and saved values. */
  static Part part(Tensor operand, List<Tensor> saved, FormulaN formula) {
    return new Part(
        List.of(operand), saved, (to, g, v) -> to.add(operand, formula.apply(to.ops(), g, v)));
  }

  /** Whether some operand requires a gradient. */
  boolean runs(Predicate<Tensor> tracked) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).runs(tracked)) {
        return true;
      }
    }
    return false;
  }

  /** Visits the values to save, given which tensors require gradients. */
  void visitSaved(Predicate<Tensor> tracked, Consumer<Tensor> visitor) {
    if (shared != null && runs(tracked)) {
      visit(shared.saved, visitor);
    }
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).runs(tracked)) {
        visit(parts.get(i).saved, visitor);
      }
    }
  }

  // By index, as in runs: each discarded tensor visits a whole tape, and iterators would add up.
  private static void visit(List<Tensor> values, Consumer<Tensor> visitor) {
    for (int i = 0; i < values.size(); i++) {
      visitor.accept(values.get(i));
    }
  }

  /** Adds the gradients of the operands that require one. */
  void propagate(BackwardPass.Target to, Tensor g) {
    Tensor received =
        shared == null ? g : shared.formula.apply(to.ops(), g, to.values(shared.saved));
    Predicate<Tensor> tracked = to::requiresGradient;
    for (Part part : parts) {
      if (part.runs(tracked)) {
        part.formula.apply(to, received, to.values(part.saved));
      }
    }
  }
}
