package io.github.maskalign.cpu.machine;

/** What kernels need of a processor, by the names of Intel's manual. */
enum Feature {
  FMA,
  AVX2,
  AVX512F,
  AVX512_BF16
}
