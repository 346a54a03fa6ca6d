package io.github.maskalign.cpu;

import io.github.maskalign.tensor.error.DeviceException;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of every kernel, chosen once: what the processor prefers, or the system property
 * {@value #PROPERTY} (128, 256 or 512), with which tests force the other widths.
 */
final class Lanes {

  static final String PROPERTY = "maskalign.vector.bits";

  /** The species of every float kernel. */
  static final VectorSpecies<Float> F32 = choose();

  /** Floats in a vector. */
  static final int COUNT = F32.length();

  private Lanes() {}

  private static VectorSpecies<Float> choose() {
    String bits = System.getProperty(PROPERTY, "");
    return switch (bits) {
      case "" -> widest(FloatVector.SPECIES_PREFERRED);
      case "128" -> FloatVector.SPECIES_128;
      case "256" -> FloatVector.SPECIES_256;
      case "512" -> FloatVector.SPECIES_512;
      default ->
          throw new DeviceException(
              PROPERTY + " is '" + bits + "'; leave it out, or set it to 128, 256 or 512");
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
