package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.maskalign.tensor.Backends;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutionTest {

  @Test
  void aSlowerBackendThanNeededIsLoggedOnce() {
    try (LogRecords log = LogRecords.of(Execution.class.getPackageName());
        Backends.Choice plain = Execution.defaults().withBackend("reference").open()) {
      assertEquals(List.of(), log.warnings());
      String why = plain.explanation() + " (not cpu: flag missing)";
      Backends.Choice improvable = new Backends.Choice(plain.backend(), why, true);
      assertSame(improvable, Execution.told(improvable));
      assertEquals(List.of(why), log.warnings());
    }
  }
}
