package io.github.maskalign.cpu;

import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A call of every kernel, with operands of one size. */
final class KernelCalls {

  /** The sizes of operands: images, tokens of each, their width, and heads of attention. */
  record Size(int images, int tokens, int width, int heads) {

    int rows() {
      return images * tokens;
    }

    /** Elements of a tensor of all tokens. */
    long elements() {
      return (long) rows() * width;
    }

    @Override
    public String toString() {
      return images + "x" + tokens + "x" + width;
    }
  }

  /**
   * A named call.
   *
   * @param heads of images for which it computes attention
   */
  record Call(String name, int heads, Consumer<Eager> body) {}

  /** Whole and part vectors, rows and blocks: of ViT-S and ViT-Ti, and odd ones. */
  static final List<Size> MIXED =
      List.of(
          new Size(4, 60, 384, 6),
          new Size(1, 197, 192, 3),
          new Size(3, 7, 30, 2),
          new Size(2, 33, 100, 4),
          new Size(1, 1, 8, 1));

  private final Eager ops;
  private final Size size;
  private final List<Call> calls = new ArrayList<>();

  private KernelCalls(Eager ops, Size size) {
    this.ops = ops;
    this.size = size;
  }

  /** The calls; the scope of the operations owns the operands. */
  static List<Call> of(Eager ops, Size size) {
    KernelCalls all = new KernelCalls(ops, size);
    all.elementwise();
    all.products();
    all.rows();
    all.attention();
    all.movement();
    all.training();
    return all.calls;
  }

  private void add(String name, Consumer<Eager> body) {
    calls.add(new Call(name, 0, body));
  }

  private Tensor tensor(int... dims) {
    return ops.affine(ops.uniform(Philox.of(dims.length), dims), 0.5, 0.25);
  }

  private Tensor tokens() {
    return tensor(size.images, size.tokens, size.width);
  }

  private void elementwise() {
    Tensor x = tokens();
    Tensor y = tokens();
    Tensor row = tensor(size.width);
    Tensor column = tensor(size.images, size.tokens, 1);
    Tensor one = tensor();
    Tensor turned = ops.transpose(tensor(size.images, size.width, size.tokens));
    for (UnaryOp op : UnaryOp.values()) {
      add(op.toString(), o -> o.unary(op, x));
    }
    for (BinaryOp op : BinaryOp.values()) {
      add(op.toString(), o -> o.binary(op, x, y));
      add(op + " of a row", o -> o.binary(op, x, row));
      add(op + " of a column", o -> o.binary(op, column, x));
      add(op + " of a number", o -> o.binary(op, x, one));
    }
    add("add of a transpose", o -> o.add(x, turned));
    for (Gelu kind : Gelu.values()) {
      add("gelu " + kind, o -> o.gelu(x, kind));
      add("gelu gradient " + kind, o -> o.geluGrad(x, kind, y));
    }
    add("affine", o -> o.affine(x, 2, 1));
    add("fill", o -> o.full(DType.F32, x.shape(), 3));
    add("uniform", o -> o.uniform(Philox.of(1), size.rows(), size.width));
  }

  private void products() {
    Tensor x = tokens();
    Tensor flat = tensor(size.rows(), size.width);
    Tensor weight = tensor(2 * size.width, size.width);
    Tensor bias = tensor(2 * size.width);
    add("linear", o -> o.linear(x, weight, null));
    add("linear with bias", o -> o.linear(x, weight, bias));
    Tensor factorOfX = ops.factor(x);
    add("linear of a factor", o -> o.linear(factorOfX, weight, bias));
    Tensor base = tensor(size.images, size.tokens, 2 * size.width);
    for (Gelu kind : Gelu.values()) {
      Epilogue activation = new Epilogue.Activation(kind);
      Epilogue factor = new Epilogue.Activation(kind, true);
      add("linear with " + kind, o -> o.linear(x, weight, bias, activation));
      add("linear with factor " + kind, o -> o.linear(x, weight, bias, factor));
    }
    Epilogue residual = new Epilogue.Residual(base, null);
    Epilogue scaled = new Epilogue.Residual(base, bias);
    add("linear with residual", o -> o.linear(x, weight, bias, residual));
    add("linear with scaled residual", o -> o.linear(x, weight, bias, scaled));
    add("product of transposed left", o -> o.matmul(o.transpose(flat), flat));
    add("product of transposed right", o -> o.matmul(flat, o.transpose(flat)));
    add("product", o -> o.matmul(flat, o.transpose(weight)));
    add("batched product", o -> o.matmul(x, o.transpose(x)));
  }

  private void rows() {
    Tensor x = tokens();
    Tensor y = tokens();
    Tensor gamma = tensor(size.width);
    add("softmax", o -> o.softmax(x));
    add("softmax gradient", o -> o.softmaxGrad(x, y));
    add("log softmax", o -> o.logSoftmax(x));
    add("log softmax gradient", o -> o.logSoftmaxGrad(x, y));
    add("layer norm", o -> o.layerNorm(x, gamma, gamma, 1e-6));
    add("layer norm alone", o -> o.layerNorm(x, null, null, 1e-6));
    add("layer norm factor", o -> o.layerNormFactor(x, gamma, gamma, 1e-6));
    add("layer norm gradient", o -> o.layerNormGrad(x, gamma, 1e-6, y));
    add("sum", o -> o.sum(x, false));
    add("sum of rows", o -> o.sum(x, false, 0, 1));
    add("sum along rows", o -> o.sum(x, false, 2));
    add("maximum", o -> o.max(x, false, 2));
    add("maximum of rows", o -> o.max(x, false, 1));
    Tensor classes = tensor(size.rows(), size.width);
    add("smooth L1", o -> o.smoothL1(x, y, 1));
    add("smooth L1 gradient", o -> o.smoothL1Grad(x, y, 1, o.full(DType.F32, Shape.of(), 1)));
    add("cross-entropy", o -> o.crossEntropy(classes, classes));
    add(
        "cross-entropy gradient",
        o -> o.crossEntropyGrad(classes, classes, o.full(DType.F32, Shape.of(), 1)));
  }

  private void attention() {
    Tensor qkv = tensor(size.images, size.tokens, 3 * size.width);
    Tensor x = tokens();
    int[] seen = new int[size.rows()];
    Arrays.setAll(seen, i -> i % size.tokens > size.tokens / 2 ? 0 : 1);
    Tensor keys = ops.cast(ops.of(seen, size.images, size.tokens), DType.U8);
    int heads = size.heads;
    for (AttentionMask mask :
        List.of(AttentionMask.NONE, AttentionMask.CAUSAL, AttentionMask.of(keys))) {
      String name = mask.isNone() ? "" : mask.causal() ? ", causal" : ", keys";
      addHeads("attention" + name, o -> o.attention(qkv, heads, 0.3, mask));
      addHeads("attention gradient" + name, o -> o.attentionGrad(qkv, heads, 0.3, mask, x));
      addHeads(
          "probabilities" + name,
          o -> o.attentionProbabilities(qkv, heads, 0.3, mask, 0, size.tokens));
    }
    addHeads("attention of other queries", o -> o.attention(x, qkv, heads, 0.3));
  }

  private void addHeads(String name, Consumer<Eager> body) {
    calls.add(new Call(name, size.images * size.heads, body));
  }

  private void movement() {
    Tensor x = tokens();
    int kept = Math.max(1, size.tokens / 3);
    int[] numbers =
        IntStream.range(0, size.images * kept).map(i -> i % kept * 2 % size.tokens).toArray();
    Tensor ids = ops.of(numbers, size.images, kept);
    Tensor some = tensor(size.images, kept, size.width);
    Tensor table = tensor(size.tokens, size.width);
    add("gather", o -> o.gatherTokens(x, ids));
    add("scatter", o -> o.scatterTokens(some, ids, size.tokens));
    add("embedding", o -> o.embedding(table, ids));
    add("embedding gradient", o -> o.embeddingGrad(some, ids, size.tokens));
    add("concatenation", o -> o.concat(List.of(x, some), 1));
    add("copy", o -> o.copy(x));
    add("copy of a transpose", o -> o.copy(o.transpose(x)));
    for (DType type : new DType[] {DType.BF16, DType.F16, DType.F64}) {
      add("to " + type, o -> o.cast(x, type));
      Tensor other = ops.cast(x, type);
      add("from " + type, o -> o.cast(other, DType.F32));
    }
  }

  private void training() {
    Tensor x = tokens();
    Tensor y = tokens();
    Tensor mean = tokens();
    Tensor square = tokens();
    Tensor weights = tensor(2);
    AdamWSettings settings = new AdamWSettings(0.9, 0.999, 1e-8, 1);
    List<AdamWSlot> slots = List.of(new AdamWSlot(x, y, mean, square, 1e-4, 0.05, 3));
    add("AdamW", o -> o.scope().backend().adamW(o, slots, settings));
    add("accumulation", o -> o.scope().backend().accumulate(o, mean, 0.5, y));
    add("sum of squares", o -> o.scope().backend().sumOfSquares(o, List.of(x, y)));
    add("weighted sum", o -> o.weightedSum(List.of(x, y), weights));
    add("weighted sum gradient", o -> o.weightedSumWeightGrad(List.of(x, y), mean));
  }
}
