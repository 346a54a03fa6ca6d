package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessorTest {

  /** A processor with given answers. */
  private record Made(int leaves, int one, int seven, int parts, int more, long xcr0)
      implements Processor.Inquiry {

    @Override
    public int[] cpuid(int leaf, int part) {
      return switch (leaf + "." + part) {
        case "0.0" -> new int[] {leaves, 0, 0, 0};
        case "1.0" -> new int[] {0, 0, one, 0};
        case "7.0" -> new int[] {parts, seven, 0, 0};
        case "7.1" -> new int[] {more, 0, 0, 0};
        default -> throw new AssertionError("leaf " + leaf + ", part " + part);
      };
    }
  }

  private static final int OSXSAVE_AND_FMA = 1 << 27 | 1 << 12;
  private static final int AVX2_AND_AVX512F = 1 << 5 | 1 << 16;

  private static String reason(Processor processor, Feature... needed) {
    return assertThrows(RefusedException.class, () -> processor.require(List.of(needed)))
        .getMessage();
  }

  @Test
  void everything() {
    Processor all = Processor.of(new Made(7, OSXSAVE_AND_FMA, AVX2_AND_AVX512F, 1, 1 << 5, 0xE7));
    assertEquals(EnumSet.allOf(Feature.class), all.features());
    assertDoesNotThrow(() -> all.require(List.of(Feature.values())));
  }

  @Test
  void withoutTheInstruction() {
    Processor older = Processor.of(new Made(7, OSXSAVE_AND_FMA, AVX2_AND_AVX512F, 0, -1, 0xE7));
    assertDoesNotThrow(() -> older.require(List.of(Feature.AVX512F)));
    assertEquals(
        "the processor lacks AVX512_BF16", reason(older, Feature.AVX512F, Feature.AVX512_BF16));
  }

  @Test
  void anOldProcessor() {
    Processor oldest = Processor.of(new Made(1, 0, -1, -1, -1, -1));
    assertEquals("the processor lacks AVX2 and FMA", reason(oldest, Feature.AVX2, Feature.FMA));
  }

  @Test
  void aSystemThatDoesNotSaveTheRegisters() {
    Processor half = Processor.of(new Made(7, OSXSAVE_AND_FMA, AVX2_AND_AVX512F, 1, 1 << 5, 0x7));
    assertDoesNotThrow(() -> half.require(List.of(Feature.AVX2, Feature.FMA)));
    String reason = reason(half, Feature.AVX512F);
    assertTrue(reason.contains("does not save the registers of AVX512F: XCR0 is 0x7"), reason);
    Processor none = Processor.of(new Made(7, 1 << 12, AVX2_AND_AVX512F, 1, 1 << 5, 0xE7));
    assertTrue(reason(none, Feature.AVX2, Feature.FMA).contains("XCR0 is 0x0"));
  }

  /** Linux asks the same and lists it. */
  @Test
  void thisProcessor() throws IOException {
    Kernels.all();
    Path list = Path.of("/proc/cpuinfo");
    assumeTrue(Files.exists(list), "no " + list);
    Set<Feature> listed = EnumSet.noneOf(Feature.class);
    for (String flag :
        Files.readAllLines(list).stream()
            .filter(line -> line.startsWith("flags"))
            .findFirst()
            .orElseThrow()
            .split("\\s+")) {
      for (Feature feature : Feature.values()) {
        if (feature.name().toLowerCase(Locale.ROOT).equals(flag)) {
          listed.add(feature);
        }
      }
    }
    assertEquals(listed, assertDoesNotThrow(EmittedInquiry::processor).features());
  }

  @ParameterizedTest
  @CsvSource({
    "Windows 11, amd64, there is no machine code for Windows",
    "Linux, aarch64, 'there is no machine code for aarch64 (bfdot, bfmmla)'",
    "Mac OS X, aarch64, 'there is no machine code for Mac OS X on aarch64, only for Linux'",
    "Mac OS X, x86_64, 'there is no machine code for Mac OS X on x86_64, only for Linux'",
    "Linux, riscv64, 'there is no machine code for Linux on riscv64, only for Linux'",
    "FreeBSD, amd64, 'there is no machine code for FreeBSD on amd64, only for Linux'"
  })
  void otherSystems(String system, String architecture, String reason) {
    String message =
        assertThrows(RefusedException.class, () -> Platform.check(system, architecture))
            .getMessage();
    assertTrue(message.startsWith(reason), message);
  }

  @Test
  void thisSystem() {
    assertDoesNotThrow(() -> Platform.check("Linux", "amd64"));
  }
}
