package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CacheProgressTest {

  @Test
  void saysSomethingEveryTenSeconds() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long[] seconds = {0};
    CacheProgress progress =
        new CacheProgress(
            new PrintStream(out, true, StandardCharsets.UTF_8), () -> seconds[0] * 1_000_000_000L);
    for (int crops = 1; crops <= 25; crops++) {
      seconds[0] = crops;
      progress.made(crops, 25);
    }
    assertEquals(
        "teacher cache  crop 10 of 25%nteacher cache  crop 20 of 25%n".formatted(),
        out.toString(StandardCharsets.UTF_8));
  }
}
