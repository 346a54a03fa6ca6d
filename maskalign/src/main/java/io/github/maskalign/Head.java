package io.github.maskalign;

import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.HeadKind;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;

/** x [B, T, D] -> [B, T, D']: adapts student features to the teacher's width. */
sealed interface Head {

  double NORM_EPS = 1e-6;

  /** Applies the head. */
  Tensor forward(Ops ops, Tensor x);

  /** Parameters named as the parts of a PyTorch sequence are: by position, if there are several. */
  static Head create(Parameters.Path path, HeadKind kind, int from, int to) {
    return switch (kind) {
      case LINEAR -> new Projection(Linear.create(path, from, to));
      case NORM_LINEAR ->
          new NormProjection(
              LayerNorm.create(path.at(0), from, NORM_EPS), Linear.create(path.at(1), from, to));
      case MLP ->
          new GeluMlp(Linear.create(path.at(0), from, from), Linear.create(path.at(2), from, to));
      case MLP2 ->
          new NormMlp(
              Linear.create(path.at(0), from, from),
              LayerNorm.create(path.at(1), from, NORM_EPS),
              Linear.create(path.at(2), from, to));
    };
  }

  /** y = P x. */
  record Projection(Linear projection) implements Head {
    @Override
    public Tensor forward(Ops ops, Tensor x) {
      return projection.forward(ops, x);
    }
  }

  /** y = P norm(x). */
  record NormProjection(LayerNorm norm, Linear projection) implements Head {
    @Override
    public Tensor forward(Ops ops, Tensor x) {
      return projection.forward(ops, norm.forward(ops, x));
    }
  }

  /** y = P gelu(Q x). */
  record GeluMlp(Linear inner, Linear projection) implements Head {
    @Override
    public Tensor forward(Ops ops, Tensor x) {
      return projection.forward(ops, ops.gelu(inner.forward(ops, x), Gelu.ERF));
    }
  }

  /** y = P norm(Q x). */
  record NormMlp(Linear inner, LayerNorm norm, Linear projection) implements Head {
    @Override
    public Tensor forward(Ops ops, Tensor x) {
      return projection.forward(ops, norm.forward(ops, inner.forward(ops, x)));
    }
  }
}
