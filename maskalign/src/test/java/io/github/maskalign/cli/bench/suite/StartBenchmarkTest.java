package io.github.maskalign.cli.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Precision;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class StartBenchmarkTest {

  @Test
  void aRowForTheJvmAsItIsAndOneForACache() throws IOException {
    StringWriter out = new StringWriter();
    new StartBenchmark("cpu", 1, Precision.F32, 1).run(new PrintWriter(out, true));
    String[] lines = out.toString().split("\\R");
    assertEquals(4, lines.length, out::toString);
    assertTrue(lines[0].startsWith("ViT-B/16, 343 MB"), lines[0]);
    assertTrue(lines[2].matches("without AOT cache( +\\d+){3}"), lines[2]);
    assertTrue(
        lines[3].matches("with AOT cache( +\\d+){3}|The JVM did not create an AOT cache."),
        lines[3]);
  }
}
