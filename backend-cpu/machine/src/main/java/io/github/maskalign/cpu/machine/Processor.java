package io.github.maskalign.cpu.machine;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the processor has and the operating system supports. Bits as in Intel's manual: volume 2,
 * the instruction CPUID; volume 1, chapter 13, for XCR0, the state that the system saves.
 *
 * @param features those of the processor
 * @param saved XCR0; 0 if the system has not enabled XSAVE
 */
record Processor(Set<Feature> features, long saved) {

  private static final int FMA = 1 << 12; // leaf 1, ecx
  private static final int OSXSAVE = 1 << 27; // leaf 1, ecx
  private static final int AVX2 = 1 << 5; // leaf 7, part 0, ebx
  private static final int AVX512F = 1 << 16; // leaf 7, part 0, ebx
  private static final int AVX512_BF16 = 1 << 5; // leaf 7, part 1, eax

  /** XCR0: SSE and AVX, that is ymm0 to 15. */
  private static final int YMM = 0x6;

  /** XCR0: SSE, AVX, masks, upper halves of zmm0 to 15, zmm16 to 31. */
  private static final int ZMM = 0xE6;

  /** Answers of the processor. */
  interface Inquiry {

    /** The instruction CPUID: eax, ebx, ecx and edx. */
    int[] cpuid(int leaf, int part);

    /** The instruction XGETBV of register 0; only if CPUID reports OSXSAVE. */
    long xcr0();
  }

  /** Asks the processor. */
  static Processor of(Inquiry inquiry) {
    int leaves = inquiry.cpuid(0, 0)[0];
    int ecx = inquiry.cpuid(1, 0)[2];
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    add(features, Feature.FMA, ecx, FMA);
    if (leaves >= 7) {
      int[] seven = inquiry.cpuid(7, 0);
      add(features, Feature.AVX2, seven[1], AVX2);
      add(features, Feature.AVX512F, seven[1], AVX512F);
      // eax is the last part.
      if (seven[0] >= 1) {
        add(features, Feature.AVX512_BF16, inquiry.cpuid(7, 1)[0], AVX512_BF16);
      }
    }
    return new Processor(features, (ecx & OSXSAVE) == 0 ? 0 : inquiry.xcr0());
  }

  private static void add(Set<Feature> features, Feature feature, int register, int bit) {
    if ((register & bit) != 0) {
      features.add(feature);
    }
  }

  /**
   * Checks that features can be used.
   *
   * @throws RefusedException with those that are missing
   */
  void require(List<Feature> needed) throws RefusedException {
    List<Feature> missing = new ArrayList<>(needed);
    missing.removeAll(features);
    if (!missing.isEmpty()) {
      throw new RefusedException(
          "the processor lacks "
              + String.join(" and ", missing.stream().map(Feature::name).toList()));
    }
    int state = needed.contains(Feature.AVX512F) ? ZMM : YMM;
    if ((saved & state) != state) {
      throw new RefusedException(
          "the operating system does not save the registers of %s: XCR0 is 0x%x, without all of 0x%x"
              .formatted(needed.getFirst(), saved, state));
    }
  }
}
