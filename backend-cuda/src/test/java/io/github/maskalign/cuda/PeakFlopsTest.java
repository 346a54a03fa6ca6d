package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeakFlopsTest {

  /** Names are those that nvidia-smi lists. */
  @ParameterizedTest
  @CsvSource({
    "NVIDIA A100-SXM4-80GB, F32, 19.5",
    "NVIDIA A100-PCIE-40GB, TF32, 156",
    "NVIDIA A100 80GB PCIe, BF16, 312",
    "NVIDIA A10, BF16, 125",
    "NVIDIA L4, TF32, 60",
    "NVIDIA L40S, BF16, 362",
    "NVIDIA H100 80GB HBM3, BF16, 989.4",
    "NVIDIA H100 PCIe, BF16, 756",
    "NVIDIA H100 NVL, BF16, 835.5",
    "NVIDIA H200, TF32, 494.7",
    "NVIDIA GH200 480GB, BF16, 989.4"
  })
  void dataSheets(String name, Precision precision, double tera) {
    assertEquals(tera * 1e12, PeakFlops.of(name, precision).orElseThrow(), 1);
  }

  @Test
  void othersAreNotGuessed() {
    assertTrue(PeakFlops.of("NVIDIA H20", Precision.BF16).isEmpty());
    assertTrue(PeakFlops.of("NVIDIA A1000", Precision.BF16).isEmpty());
    assertTrue(PeakFlops.of("emulated GPU (tests only)", Precision.F32).isEmpty());
  }
}
