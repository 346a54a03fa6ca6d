package io.github.maskalign.cuda;

import io.github.maskalign.cuda.kernel.CopyKernel;
import io.github.maskalign.cuda.kernel.ElementwiseKernel;
import io.github.maskalign.cuda.kernel.GatherKernel;
import io.github.maskalign.cuda.kernel.MatMul;
import io.github.maskalign.cuda.kernel.RandomKernel;
import io.github.maskalign.cuda.kernel.ReduceKernel;
import io.github.maskalign.cuda.kernel.RoundedWeights;
import io.github.maskalign.cuda.kernel.TokenIdCheck;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/** Memory and primitive operations of the {@link CudaBackend}. */
abstract sealed class CudaPrimitives implements Backend permits CudaFused {

  final Gpu gpu;
  final Precision precision;
  final CopyKernel copy;
  private final RandomKernel random;
  private final ElementwiseKernel elementwise;
  private final ReduceKernel reduce;
  private final MatMul matMul;
  private final RoundedWeights weights;
  private final GatherKernel gather;
  private final TokenIdCheck tokenIds;

  CudaPrimitives(Gpu gpu, Precision precision) {
    this.gpu = gpu;
    this.precision = precision;
    this.copy = new CopyKernel(gpu);
    this.random = new RandomKernel(gpu);
    this.elementwise = new ElementwiseKernel(gpu);
    this.reduce = new ReduceKernel(gpu);
    this.matMul = new MatMul(gpu, copy, precision);
    this.weights = new RoundedWeights(gpu, copy, precision);
    this.tokenIds = new TokenIdCheck(gpu);
    this.gather = new GatherKernel(gpu, tokenIds);
  }

  @Override
  public CudaStorage allocate(long bytes) {
    return gpu.pool().allocate(bytes);
  }

  @Override
  public MemoryStats memory() {
    return gpu.pool().stats();
  }

  @Override
  public OptionalLong queued() {
    return OptionalLong.of(gpu.compute().queued());
  }

  @Override
  public void synchronize() {
    gpu.compute().synchronize();
  }

  @Override
  public void upload(MemorySegment source, Tensor target) {
    gpu.transfers().upload(source, KernelArguments.address(target));
  }

  @Override
  public void download(Tensor source, MemorySegment target) {
    tokenIds.check();
    gpu.transfers().download(KernelArguments.address(source), target);
  }

  /** Captures work to replay with one call, see {@link StepGraph}. */
  final StepGraph capture(Runnable work) {
    return StepGraph.capture(gpu, tokenIds, work);
  }

  @Override
  public void close() {
    try {
      tokenIds.close();
    } finally {
      gpu.close();
    }
  }

  // ---- primitives ----

  @Override
  public void fill(Tensor out, double value) {
    copy.fill(DeviceView.of(out), value);
  }

  @Override
  public void uniform(Philox draws, Tensor out) {
    random.uniform(draws, DeviceView.of(out));
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    copy.copy(DeviceView.of(x), DeviceView.of(out));
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    elementwise.unary(op, DeviceView.of(x), DeviceView.of(out));
  }

  @Override
  public void affine(Tensor x, double scale, double shift, Tensor out) {
    elementwise.affine(DeviceView.of(x), scale, shift, DeviceView.of(out));
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    elementwise.binary(op, DeviceView.of(a), DeviceView.of(b), DeviceView.of(out));
  }

  @Override
  public void reduce(Reduction op, Tensor x, Tensor out) {
    reduce.reduce(op, DeviceView.of(x), DeviceView.of(out));
  }

  @Override
  public void matmul(Tensor a, Tensor b, Tensor out) {
    matMul.multiply(DeviceView.of(a), DeviceView.of(b), DeviceView.of(out));
  }

  /** y [n, m] = x [n, k] times the transpose of weight [m, k]. */
  final void linear(Tensor x, Tensor weight, Tensor y) {
    matMul.multiply(DeviceView.of(x), weights.of(weight).transposed(), DeviceView.of(y));
  }

  @Override
  public void gatherTokens(Tensor x, Tensor ids, Tensor out) {
    gather.gatherTokens(DeviceView.of(x), DeviceView.of(ids), DeviceView.of(out));
  }

  @Override
  public void scatterTokens(Tensor g, Tensor ids, Tensor out) {
    gather.scatterTokens(DeviceView.of(g), DeviceView.of(ids), DeviceView.of(out));
  }
}
