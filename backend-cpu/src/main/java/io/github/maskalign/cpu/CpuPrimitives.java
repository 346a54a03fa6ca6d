package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Host.isF32;
import static io.github.maskalign.cpu.Host.offset;
import static io.github.maskalign.cpu.Host.requireChangeable;
import static io.github.maskalign.cpu.Host.segment;
import static io.github.maskalign.cpu.Host.strides;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.tensor.reference.ReferenceBackend;
import java.lang.foreign.MemorySegment;

/** Memory and primitives of the {@link CpuBackend}: F32 on kernels, the rest by plain loops. */
abstract sealed class CpuPrimitives implements Backend permits CpuBackend {

  final Workers workers;
  final Gemm gemm;
  private final HostPool pool;
  private final ReferenceBackend plain;
  private final UnaryKernel unary;
  private final BinaryKernel binary;
  private final CopyKernel copy;
  private final ConvertKernel convert;
  private final AxisReduction reduction;
  private final BatchedMatMul batched;
  private final GatherKernel gather;

  CpuPrimitives(HostPool pool, Workers workers, Scratch scratch) {
    this.pool = pool;
    this.plain = new ReferenceBackend(pool);
    this.workers = workers;
    this.unary = new UnaryKernel(workers, scratch);
    this.binary = new BinaryKernel(workers, scratch);
    this.copy = new CopyKernel(workers);
    this.convert = new ConvertKernel(workers);
    this.reduction = new AxisReduction(this, new ReduceKernel(workers, scratch));
    this.gemm = new Gemm(workers);
    this.batched = new BatchedMatMul(gemm);
    this.gather = new GatherKernel(workers);
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
    requireChangeable("upload", target);
    plain.upload(source, target);
  }

  @Override
  public void download(Tensor source, MemorySegment target) {
    plain.download(source, target);
  }

  @Override
  public void close() {
    workers.close();
    plain.close();
  }

  // ---- primitives ----

  @Override
  public void fill(Tensor out, double value) {
    requireChangeable("fill", out);
    if (isF32(out) && out.layout().isContiguous()) {
      unary.fill((float) value, segment(out), offset(out), out.size());
    } else {
      plain.fill(out, value);
    }
  }

  @Override
  public void uniform(Philox draws, Tensor out) {
    MemorySegment values = segment(out).asSlice(4 * offset(out), 4 * out.size());
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
    requireChangeable("copy", out);
    if (x.dtype() == out.dtype()) {
      copy.copy(
          x.dtype().bytes(),
          x.shape().dims(),
          segment(x),
          offset(x),
          strides(x),
          segment(out),
          offset(out),
          strides(out));
    } else if (!x.layout().isContiguous() || !out.layout().isContiguous()) {
      plain.copy(x, out);
    } else if (isF32(out)) {
      convert.toF32(x.dtype(), segment(x), offset(x), segment(out), offset(out), x.size());
    } else if (isF32(x)) {
      convert.fromF32(out.dtype(), segment(x), offset(x), segment(out), offset(out), x.size());
    } else {
      plain.copy(x, out);
    }
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    if (isF32(x) && x.layout().isContiguous()) {
      unary.apply(op, segment(x), offset(x), segment(out), offset(out), x.size());
    } else if (isF32(x)) {
      copy(x, out);
      unary.apply(op, segment(out), offset(out), segment(out), offset(out), x.size());
    } else {
      plain.unary(op, x, out);
    }
  }

  @Override
  public void affine(Tensor x, double scale, double shift, Tensor out) {
    if (!isF32(x)) {
      plain.affine(x, scale, shift, out);
      return;
    }
    Tensor source = x;
    if (!x.layout().isContiguous()) {
      copy(x, out);
      source = out;
    }
    unary.affine(
        (float) scale,
        (float) shift,
        segment(source),
        offset(source),
        segment(out),
        offset(out),
        x.size());
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    if (!isF32(a)) {
      plain.binary(op, a, b, out);
      return;
    }
    if (a.layout().isContiguous() && b.layout().isContiguous()) {
      MemorySegment y = segment(out);
      binary.plain(op, segment(a), offset(a), segment(b), offset(b), y, offset(out), out.size());
      return;
    }
    binary.apply(
        op,
        out.shape().dims(),
        segment(a),
        offset(a),
        strides(a),
        segment(b),
        offset(b),
        strides(b),
        segment(out),
        offset(out));
  }

  @Override
  public void reduce(Reduction op, Tensor x, Tensor out) {
    if (isF32(x)) {
      reduction.apply(op, x, out);
    } else {
      plain.reduce(op, x, out);
    }
  }

  @Override
  public void matmul(Tensor a, Tensor b, Tensor out) {
    if (isF32(a)) {
      batched.apply(a, b, out);
    } else {
      plain.matmul(a, b, out);
    }
  }

  @Override
  public void gatherTokens(Tensor x, Tensor ids, Tensor out) {
    boolean wholeRows = x.dim(2) == 1 || x.layout().stride(2) == 1;
    if (!isF32(x) || !wholeRows) {
      plain.gatherTokens(x, ids, out);
      return;
    }
    gather.forward(
        segment(x),
        offset(x),
        x.layout().stride(0),
        x.layout().stride(1),
        TokenIds.read(ids, x.dim(1)),
        segment(out),
        offset(out),
        x.dim(0),
        ids.dim(1),
        x.dim(2));
  }

  @Override
  public void scatterTokens(Tensor g, Tensor ids, Tensor out) {
    if (!isF32(g) || !g.layout().isContiguous()) {
      plain.scatterTokens(g, ids, out);
      return;
    }
    gather.backward(
        segment(g),
        offset(g),
        TokenIds.read(ids, out.dim(1)),
        segment(out),
        offset(out),
        out.dim(0),
        out.dim(1),
        ids.dim(1),
        out.dim(2));
  }
}
