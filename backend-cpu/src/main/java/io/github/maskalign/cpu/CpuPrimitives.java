package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.runtime.Host.isF32;
import static io.github.maskalign.cpu.runtime.Host.requireMutable;
import static io.github.maskalign.cpu.runtime.Host.strides;

import io.github.maskalign.cpu.kernel.ConvertKernel;
import io.github.maskalign.cpu.kernel.CopyKernel;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory and primitives of the {@link CpuBackend}: F32 on kernels, the rest on the reference
 * backend.
 */
abstract sealed class CpuPrimitives implements Backend permits CpuBackend {

  final Workers workers;
  final Kernels kernels;
  private final HostPool pool;
  private final ReferenceBackend reference;
  private final CopyKernel copy;
  private final ConvertKernel convert;
  private final AxisReduction reduction;

  CpuPrimitives(HostPool pool, Workers workers, Kernels kernels) {
    this.pool = pool;
    this.reference = new ReferenceBackend(pool);
    this.workers = workers;
    this.kernels = kernels;
    this.copy = new CopyKernel(workers);
    this.convert = new ConvertKernel(workers);
    this.reduction = new AxisReduction(this, kernels.reduce());
  }

  @Override
  public HostStorage allocate(long bytes) {
    return pool.allocate(bytes);
  }

  @Override
  public boolean computesInHostMemory() {
    return true;
  }

  @Override
  public MemoryStats memory() {
    return pool.stats();
  }

  @Override
  public void upload(MemorySegment source, Tensor target) {
    requireMutable("upload", target);
    reference.upload(source, target);
  }

  @Override
  public void download(Tensor source, MemorySegment target) {
    reference.download(source, target);
  }

  @Override
  public void close() {
    workers.close();
    reference.close();
  }

  // ---- primitives ----

  @Override
  public void fill(Tensor out, double value) {
    requireMutable("fill", out);
    if (isF32(out) && out.layout().isContiguous()) {
      kernels.unary().fill((float) value, Operand.of(out), out.size());
    } else {
      reference.fill(out, value);
    }
  }

  @Override
  public void uniform(Philox draws, Tensor out) {
    Operand y = Operand.of(out);
    MemorySegment values = y.segment().asSlice(y.at(0), 4 * out.size());
    workers.run(
        Chunks.count(out.size(), Chunks.ELEMENTS),
        c -> {
          long from = (long) c * Chunks.ELEMENTS;
          int length = Chunks.length(out.size(), Chunks.ELEMENTS, c);
          draws.fillUniform(values.asSlice(4 * from, 4L * length), from);
        });
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    requireMutable("copy", out);
    if (x.dtype() == out.dtype()) {
      copy.copy(
          x.dtype().bytes(),
          x.shape().dims(),
          Operand.of(x),
          strides(x),
          Operand.of(out),
          strides(out));
    } else if (!x.layout().isContiguous() || !out.layout().isContiguous()) {
      reference.copy(x, out);
    } else if (isF32(out)) {
      convert.toF32(x.dtype(), Operand.of(x), Operand.of(out), x.size());
    } else if (isF32(x)) {
      convert.fromF32(out.dtype(), Operand.of(x), Operand.of(out), x.size());
    } else {
      reference.copy(x, out);
    }
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    if (isF32(x) && x.layout().isContiguous()) {
      kernels.unary().apply(op, Operand.of(x), Operand.of(out), x.size());
    } else if (isF32(x)) {
      copy(x, out);
      kernels.unary().apply(op, Operand.of(out), Operand.of(out), x.size());
    } else {
      reference.unary(op, x, out);
    }
  }

  @Override
  public void affine(Tensor x, double scale, double shift, Tensor out) {
    if (!isF32(x)) {
      reference.affine(x, scale, shift, out);
      return;
    }
    Tensor source = x;
    if (!x.layout().isContiguous()) {
      copy(x, out);
      source = out;
    }
    kernels
        .unary()
        .affine((float) scale, (float) shift, Operand.of(source), Operand.of(out), x.size());
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    if (!isF32(a)) {
      reference.binary(op, a, b, out);
      return;
    }
    if (a.layout().isContiguous() && b.layout().isContiguous()) {
      kernels.binary().apply(op, Operand.of(a), Operand.of(b), Operand.of(out), out.size());
      return;
    }
    kernels
        .binary()
        .apply(
            op,
            out.shape().dims(),
            Operand.of(a),
            strides(a),
            Operand.of(b),
            strides(b),
            Operand.of(out));
  }

  @Override
  public void reduce(Reduction op, Tensor x, Tensor out) {
    if (isF32(x)) {
      reduction.apply(op, x, out);
    } else {
      reference.reduce(op, x, out);
    }
  }

  @Override
  public void matmul(Tensor a, Tensor b, Tensor out) {
    if (isF32(a)) {
      kernels.products().matmul(a, b, out);
    } else {
      reference.matmul(a, b, out);
    }
  }

  @Override
  public void gatherTokens(Tensor x, Tensor ids, Tensor out) {
    boolean wholeRows = x.dim(2) == 1 || x.layout().stride(2) == 1;
    if (!isF32(x) || !wholeRows) {
      reference.gatherTokens(x, ids, out);
      return;
    }
    kernels
        .gather()
        .gatherTokens(
            Operand.of(x),
            x.layout().stride(0),
            x.layout().stride(1),
            tokenIds(ids, x.dim(1)),
            Operand.of(out),
            x.dim(0),
            ids.dim(1),
            x.dim(2));
  }

  @Override
  public void scatterTokens(Tensor g, Tensor ids, Tensor out) {
    if (!isF32(g) || !g.layout().isContiguous()) {
      reference.scatterTokens(g, ids, out);
      return;
    }
    kernels
        .gather()
        .scatterTokens(
            Operand.of(g),
            tokenIds(ids, out.dim(1)),
            Operand.of(out),
            out.dim(0),
            out.dim(1),
            ids.dim(1),
            out.dim(2));
  }

  /** Token numbers [B, K] in row order, each checked to be less than a number of tokens. */
  private static int[] tokenIds(Tensor ids, int tokens) {
    Operand memory = Operand.of(ids);
    int columns = ids.dim(1);
    int[] checked = new int[Math.multiplyExact(ids.dim(0), columns)];
    for (int i = 0; i < checked.length; i++) {
      long row = i / columns * ids.layout().stride(0);
      long at = memory.offset() + row + i % columns * ids.layout().stride(1);
      long id =
          ids.dtype() == DType.I32
              ? memory.segment().getAtIndex(ValueLayout.JAVA_INT, at)
              : memory.segment().getAtIndex(ValueLayout.JAVA_LONG, at);
      if (id < 0 || id >= tokens) {
        throw ShapeException.ofTokenId(id, tokens);
      }
      checked[i] = (int) id;
    }
    return checked;
  }
}
