package io.github.maskalign.autograd;

import io.github.maskalign.tensor.BinaryOp;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.UnaryOp;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a tape records: the operands and the result {@code y} of one operation. */
sealed interface Operation {

  /** The result. */
  Tensor y();

  /** Whether some operand wants a gradient. */
  boolean dependsOn(Predicate<Tensor> wanted);

  /**
   * Names the values whose elements the derivative reads; of all others it may ask for shape and
   * type only, since their memory may be gone.
   *
   * @param wanted which operands want a gradient
   */
  void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader);

  /**
   * An operation that costs next to nothing beside the products around it, on values that its own
   * derivative reads anyway: its result is not kept for the others, but made again.
   */
  interface Cheap {

    /**
     * The result again.
     *
     * @param values gives what an operand holds
     */
    Tensor again(Eager ops, UnaryOperator<Tensor> values);
  }

  record Unary(UnaryOp op, Tensor x, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      switch (op) {
        case NEG, SIGN -> {}
        case ABS, SQUARE, LOG, ERF -> reader.accept(x);
        case SQRT, RECIPROCAL, EXP, TANH, SIGMOID, RELU -> reader.accept(y);
      }
    }
  }

  record Affine(Tensor x, double scale, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Binary(BinaryOp op, Tensor a, Tensor b, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(a) || wanted.test(b);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      switch (op) {
        case ADD, SUB, GREATER_EQUAL, EQUAL -> {}
        case MUL -> product(a, b, wanted, reader);
        case DIV -> {
          reader.accept(b);
          if (wanted.test(b)) {
            reader.accept(y);
          }
        }
        case MAX, MIN -> {
          reader.accept(a);
          reader.accept(b);
        }
      }
    }
  }

  record Gelu(Tensor x, io.github.maskalign.tensor.Gelu kind, Tensor y)
      implements Operation, Cheap {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(x);
    }

    @Override
    public Tensor again(Eager ops, UnaryOperator<Tensor> values) {
      return ops.gelu(values.apply(x), kind);
    }
  }

  record Sum(Tensor x, int[] keptDims, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Max(Tensor x, int[] keptDims, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(x);
      reader.accept(y);
    }
  }

  record MatMul(Tensor a, Tensor b, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(a) || wanted.test(b);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      product(a, b, wanted, reader);
    }
  }

  record Linear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x) || wanted.test(weight) || (bias != null && wanted.test(bias));
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      product(x, weight, wanted, reader);
    }
  }

  record Reshape(Tensor x, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Permute(Tensor x, int[] axes, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Slice(Tensor x, int axis, int from, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Broadcast(Tensor x, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Concat(List<Tensor> xs, int axis, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return any(xs, wanted);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record Cast(Tensor x, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {}
  }

  record GatherTokens(Tensor x, Tensor ids, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(ids);
    }
  }

  record Softmax(Tensor x, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(y);
    }
  }

  record LogSoftmax(Tensor x, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(y);
    }
  }

  record LayerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps, Tensor y)
      implements Operation, Cheap {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(x) || (gamma != null && (wanted.test(gamma) || wanted.test(beta)));
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(x);
      if (gamma != null) {
        reader.accept(gamma);
        reader.accept(beta);
      }
    }

    @Override
    public Tensor again(Eager ops, UnaryOperator<Tensor> values) {
      return ops.layerNorm(values.apply(x), gamma, beta, eps);
    }
  }

  record Attention(Tensor qkv, int heads, double scale, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(qkv);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(qkv);
    }
  }

  record WeightedSum(List<Tensor> xs, Tensor weights, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(weights) || any(xs, wanted);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      if (any(xs, wanted)) {
        reader.accept(weights);
      }
      if (wanted.test(weights)) {
        xs.forEach(reader);
      }
    }
  }

  record SmoothL1(Tensor prediction, Tensor target, double beta, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(prediction) || wanted.test(target);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(prediction);
      reader.accept(target);
    }
  }

  record CrossEntropy(Tensor logits, Tensor targets, Tensor y) implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return wanted.test(logits);
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(logits);
      reader.accept(targets);
    }
  }

  /** A body that is run again for its derivative; recorded only if its result depends. */
  record Recomputed(String name, Tensor x, BiFunction<Ops, Tensor, Tensor> body, Tensor y)
      implements Operation {
    @Override
    public boolean dependsOn(Predicate<Tensor> wanted) {
      return true;
    }

    @Override
    public void reads(Predicate<Tensor> wanted, Consumer<Tensor> reader) {
      reader.accept(x);
    }
  }

  private static boolean any(List<Tensor> xs, Predicate<Tensor> wanted) {
    for (Tensor x : xs) {
      if (wanted.test(x)) {
        return true;
      }
    }
    return false;
  }

  /** The gradient of one factor is made from the other. */
  private static void product(
      Tensor a, Tensor b, Predicate<Tensor> wanted, Consumer<Tensor> reader) {
    if (wanted.test(a)) {
      reader.accept(b);
    }
    if (wanted.test(b)) {
      reader.accept(a);
    }
  }
}
