package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, true",
    "Windows 11, amd64, true",
    "Linux, aarch64, true",
    "Windows 11, aarch64, false",
    "Linux, riscv64, false"
  })
  void thoseOfNvidia(String system, String processor, boolean supported) {
    assertEquals(supported, new Platform(system, processor).isSupported());
  }

  private static List<String> libraries(String processor, int architecture) {
    return new Platform("Linux", processor)
        .candidates(architecture).stream()
            .map(each -> each.release().major() + (each.jcuda() ? " by JCuda" : ""))
            .toList();
  }

  @Test
  void jcudaWhereItIsBest() {
    assertEquals(List.of("12 by JCuda", "13"), libraries("amd64", 90));
    assertEquals(List.of("13", "12 by JCuda"), libraries("amd64", 120));
    assertEquals(List.of("13", "12"), libraries("aarch64", 90));
  }
}
