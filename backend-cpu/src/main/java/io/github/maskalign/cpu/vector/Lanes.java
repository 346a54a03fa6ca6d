package io.github.maskalign.cpu.vector;

import io.github.maskalign.tensor.error.DeviceException;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of every kernel, chosen once: what the processor prefers, or the system property
 * {@value #PROPERTY} (128, 256 or 512), with which tests force the other widths.
 *
 * <p>Kernels call the Vector API itself: its methods are inlined into a method of any size, others
 * only while it is small, and one that is not inlined boxes every vector that it takes or returns.
 * C1 does so too, and leaves a method of more than some fifteen vector loads and stores to the
 * interpreter ("out of virtual registers"): a loop and its tail are then two methods.
 */
public final class Lanes {

  static final String PROPERTY = "maskalign.vector.bits";

  /** The species of every float kernel. */
  public static final VectorSpecies<Float> F32 = choose();

  /** The integers of the same width. */
  public static final VectorSpecies<Integer> I32 = VectorSpecies.of(int.class, F32.vectorShape());

  /** Lanes: floats in a vector. */
  public static final int L = F32.length();

  /** Byte order of elements in memory. */
  public static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Lanes() {}

  /**
   * Sum of L stored lanes in a fixed order. {@code reduceLanes(ADD)} has another order interpreted
   * than compiled: a cold run and a warm one would not agree bit for bit.
   */
  public static float sum(float[] lanes, int at) {
    float sum = 0;
    for (int i = at; i < at + L; i += 4) {
      sum += (lanes[i] + lanes[i + 1]) + (lanes[i + 2] + lanes[i + 3]);
    }
    return sum;
  }

  private static VectorSpecies<Float> choose() {
    String bits = System.getProperty(PROPERTY, "");
    return switch (bits) {
      case "" -> widest(FloatVector.SPECIES_PREFERRED);
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default ->
          throw new DeviceException(
              PROPERTY + " is '" + bits + "'; set it to 128, 256 or 512, or leave it unset");
    };
  }

  /** Kernels are written for 4, 8 or 16 lanes: a wider processor runs them at 16. */
  private static VectorSpecies<Float> widest(VectorSpecies<Float> preferred) {
    return switch (preferred.vectorShape()) {
      case S_128_BIT, S_256_BIT, S_512_BIT -> preferred;
      case S_64_BIT -> FloatVector.SPECIES_128;
      case S_Max_BIT ->
          preferred.vectorBitSize() >= VectorShape.S_512_BIT.vectorBitSize()
              ? FloatVector.SPECIES_512
              : preferred.vectorBitSize() >= VectorShape.S_256_BIT.vectorBitSize()
                  ? FloatVector.SPECIES_256
                  : FloatVector.SPECIES_128;
    };
  }
}
