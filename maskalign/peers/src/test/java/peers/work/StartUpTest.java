package peers.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StartUpTest {

  @Test
  void readsTheTableOfBench() {
    String output =
        """
        ViT-B/16, 343 MB weight file, 2 threads, medians of 3 JVMs
                              loaded ms     first embedding ms      resident MB
        without AOT cache           812                   2345              479
        with AOT cache              512                   1890              NaN
        """;
    assertEquals(Map.of("without AOT cache", 2.345, "with AOT cache", 1.89), StartUp.parse(output));
    assertThrows(IllegalStateException.class, () -> StartUp.parse("no table"));
  }

  @Test
  void aUserHasNoneOfThePeers() {
    assertEquals(
        "a/maskalign-0.1.0.jar:b/jackson-core.jar",
        StartUp.productPath(
            "x/maskalign-peers-0.1.0.jar:a/maskalign-0.1.0.jar:y/pytorch-engine-0.35.1.jar"
                + ":b/jackson-core.jar:z/openblas-1.jar:z/javacpp-1.jar:o/onnxruntime-1.29.0.jar"));
  }
}
