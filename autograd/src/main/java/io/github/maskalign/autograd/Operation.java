package io.github.maskalign.autograd;

import io.github.maskalign.tensor.BinaryOp;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.UnaryOp;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a tape records: the operands and the result {@code y} of one operation. */
sealed interface Operation {

  /** The result. */
  Tensor y();

  /** The operands that may need gradients. */
  Stream<Tensor> operands();

  record Unary(UnaryOp op, Tensor x, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Affine(Tensor x, double scale, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Binary(BinaryOp op, Tensor a, Tensor b, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(a, b);
    }
  }

  record Gelu(Tensor x, io.github.maskalign.tensor.Gelu kind, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Sum(Tensor x, int[] keptDims, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Max(Tensor x, int[] keptDims, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record MatMul(Tensor a, Tensor b, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(a, b);
    }
  }

  record Linear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return bias == null ? Stream.of(x, weight) : Stream.of(x, weight, bias);
    }
  }

  record Reshape(Tensor x, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Permute(Tensor x, int[] axes, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Slice(Tensor x, int axis, int from, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Broadcast(Tensor x, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Concat(List<Tensor> xs, int axis, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return xs.stream();
    }
  }

  record Cast(Tensor x, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record GatherTokens(Tensor x, Tensor ids, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record Softmax(Tensor x, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record LogSoftmax(Tensor x, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(x);
    }
  }

  record LayerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps, Tensor y)
      implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return gamma == null ? Stream.of(x) : Stream.of(x, gamma, beta);
    }
  }

  record Attention(Tensor qkv, int heads, double scale, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(qkv);
    }
  }

  record WeightedSum(List<Tensor> xs, Tensor weights, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.concat(xs.stream(), Stream.of(weights));
    }
  }

  record SmoothL1(Tensor prediction, Tensor target, double beta, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(prediction, target);
    }
  }

  record CrossEntropy(Tensor logits, Tensor targets, Tensor y) implements Operation {
    @Override
    public Stream<Tensor> operands() {
      return Stream.of(logits);
    }
  }
}
