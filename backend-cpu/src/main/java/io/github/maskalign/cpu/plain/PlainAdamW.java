package io.github.maskalign.cpu.plain;

import static io.github.maskalign.cpu.plain.PlainMath.BLOCK;

import io.github.maskalign.cpu.kernel.AdamWKernel;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** The optimizer's update; see {@link AdamWKernel}. */
final class PlainAdamW extends AdamWKernel {

  PlainAdamW(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void update(Slot slot, long from, int n, Factors factors) {
    float[] p = scratch.takeFloats(BLOCK);
    float[] m = scratch.takeFloats(BLOCK);
    float[] v = scratch.takeFloats(BLOCK);
    float[] g = scratch.takeFloats(BLOCK);
    for (int i = 0; i < n; i += BLOCK) {
      int count = Math.min(BLOCK, n - i);
      slot.p().load(from + i, p, count);
      slot.m().load(from + i, m, count);
      slot.v().load(from + i, v, count);
      slot.g().load(from + i, g, count);
      PlainMath.multiply(g, factors.gradient(), count);
      mean(m, g, factors.beta1(), factors.rest1(), count);
      square(v, g, factors.beta2(), factors.rest2(), count);
      step(p, m, v, factors, count);
      slot.p().store(p, from + i, count);
      slot.m().store(m, from + i, count);
      slot.v().store(v, from + i, count);
    }
    scratch.give(g);
    scratch.give(v);
    scratch.give(m);
    scratch.give(p);
  }

  private static void mean(float[] m, float[] g, float beta, float rest, int n) {
    for (int i = 0; i < n; i++) {
      m[i] = m[i] * beta + g[i] * rest;
    }
  }

  private static void square(float[] v, float[] g, float beta, float rest, int n) {
    for (int i = 0; i < n; i++) {
      v[i] = v[i] * beta + g[i] * rest * g[i];
    }
  }

  private static void step(float[] p, float[] m, float[] v, Factors factors, int n) {
    float keep = factors.keep();
    float rate = factors.rate();
    float inverseRoot = factors.inverseRoot();
    float eps = factors.eps();
    for (int i = 0; i < n; i++) {
      float step = m[i] * rate / Math.fma((float) Math.sqrt(v[i]), inverseRoot, eps);
      p[i] = Math.fma(p[i], keep, step);
    }
  }
}
