package io.github.maskalign.cpu;

import io.github.maskalign.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Fused attention of 12 heads of 64, four images. */
public class AttentionBenchmark extends KernelBenchmark {

  private static final int IMAGES = 4;
  private static final int HEADS = 12;
  private static final int WIDTH = 64 * HEADS;
  private static final double SCALE = 0.125;

  /** Of an image. */
  @Param({"60", "197"})
  public int tokens;

  private Tensor qkv;
  private Tensor g;

  @Override
  protected void operands() {
    qkv = random(IMAGES, tokens, 3 * WIDTH);
    g = random(IMAGES, tokens, WIDTH);
  }

  /** The operation. */
  @Benchmark
  public void forward() {
    call(eager -> eager.attention(qkv, HEADS, SCALE));
  }

  /** Its derivative, probabilities computed again. */
  @Benchmark
  public void backward() {
    call(eager -> eager.attentionGrad(qkv, HEADS, SCALE, g));
  }
}
