package io.github.maskalign.vit.image.resize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Transposes a plane, in tiles of 8 x 8 bytes held in eight longs.
 *
 * @since 0.1.0
 */
public final class Transpose {

  private static final int TILE = 8;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Transpose() {}

  /** in [height, width] with a row stride -> out [width, height]. */
  public static void copy(
      byte[] in, int from, int stride, int height, int width, byte[] out, int to) {
    int fullHeight = height - height % TILE;
    int fullWidth = width - width % TILE;
    for (int x = 0; x < fullWidth; x += TILE) {
      for (int y = 0; y < fullHeight; y += TILE) {
        tile(in, from + y * stride + x, stride, out, to + x * height + y, height);
      }
    }
    edge(in, from, stride, 0, height, fullWidth, width, out, to, height);
    edge(in, from, stride, fullHeight, height, 0, fullWidth, out, to, height);
  }

  private static void edge(
      byte[] in,
      int from,
      int stride,
      int top,
      int bottom,
      int left,
      int right,
      byte[] out,
      int to,
      int outStride) {
    for (int x = left; x < right; x++) {
      for (int y = top; y < bottom; y++) {
        out[to + x * outStride + y] = in[from + y * stride + x];
      }
    }
  }

  /** Swaps blocks of four bytes, then of two, then single bytes ("Hacker's Delight", 7-3). */
  private static void tile(byte[] in, int from, int stride, byte[] out, int to, int outStride) {
    long a = (long) LONG.get(in, from);
    long b = (long) LONG.get(in, from + stride);
    long c = (long) LONG.get(in, from + 2 * stride);
    long d = (long) LONG.get(in, from + 3 * stride);
    long e = (long) LONG.get(in, from + 4 * stride);
    long f = (long) LONG.get(in, from + 5 * stride);
    long g = (long) LONG.get(in, from + 6 * stride);
    long h = (long) LONG.get(in, from + 7 * stride);

    long ae = low4(a, e);
    long ea = high4(a, e);
    long bf = low4(b, f);
    long fb = high4(b, f);
    long cg = low4(c, g);
    long gc = high4(c, g);
    long dh = low4(d, h);
    long hd = high4(d, h);

    pair(low2(ae, cg), low2(bf, dh), out, to, outStride);
    pair(high2(ae, cg), high2(bf, dh), out, to + 2 * outStride, outStride);
    pair(low2(ea, gc), low2(fb, hd), out, to + 4 * outStride, outStride);
    pair(high2(ea, gc), high2(fb, hd), out, to + 6 * outStride, outStride);
  }

  private static long low4(long x, long y) {
    return x & 0xffffffffL | y << 32;
  }

  private static long high4(long x, long y) {
    return x >>> 32 | y & 0xffffffff00000000L;
  }

  private static long low2(long x, long y) {
    return x & 0x0000ffff0000ffffL | (y & 0x0000ffff0000ffffL) << 16;
  }

  private static long high2(long x, long y) {
    return (x & 0xffff0000ffff0000L) >>> 16 | y & 0xffff0000ffff0000L;
  }

  private static void pair(long x, long y, byte[] out, int to, int outStride) {
    LONG.set(out, to, x & 0x00ff00ff00ff00ffL | (y & 0x00ff00ff00ff00ffL) << 8);
    LONG.set(out, to + outStride, (x & 0xff00ff00ff00ff00L) >>> 8 | y & 0xff00ff00ff00ff00L);
  }
}
