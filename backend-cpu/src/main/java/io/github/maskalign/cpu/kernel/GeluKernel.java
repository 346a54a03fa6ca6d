package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.op.Gelu;

/**
 * Gaussian error linear unit (Hendrycks and Gimpel, 2016) over contiguous data.
 *
 * <ul>
 *   <li>ERF: x Phi(x), Phi the normal distribution function
 *   <li>TANH: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
 *   <li>QUICK: x sigmoid(1.702 x)
 * </ul>
 */
public abstract class GeluKernel extends Kernel {
  /** Density of the normal distribution at 0. */
  protected static final float DENSITY_AT_0 = 0.398942280f;

  /** Factor of the argument of tanh. */
  protected static final float SQRT_2_OVER_PI = 0.797884561f;

  /** Factor of the cubic term. */
  protected static final float CUBIC = 0.044715f;

  /** Factor of the argument of the sigmoid. */
  protected static final float QUICK_SLOPE = 1.702f;

  /** A kernel on the given threads, with the given scratch memory. */
  protected GeluKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** y[i] = gelu(x[i]); y may be x. */
  public final void forward(Gelu kind, Operand x, Operand y, long n) {
    workers.forRange(
        n, Chunks.ELEMENTS, (from, to) -> forward(kind, x, y, from, (int) (to - from)));
  }

  /** dx[i] = g[i] gelu'(x[i]); dx may be g or x. */
  public final void backward(Gelu kind, Operand x, Operand g, Operand dx, long n) {
    workers.forRange(
        n, Chunks.ELEMENTS, (from, to) -> backward(kind, x, g, dx, from, (int) (to - from)));
  }

  /** {@link #forward} for n elements from an index on, in one thread. */
  public abstract void forward(Gelu kind, Operand x, Operand y, long from, int n);

  /** {@link #backward} for n elements from an index on, in one thread. */
  protected abstract void backward(Gelu kind, Operand x, Operand g, Operand dx, long from, int n);
}
