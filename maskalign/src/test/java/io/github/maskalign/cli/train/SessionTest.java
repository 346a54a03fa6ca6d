package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {

  @Test
  void everythingIsClosedIfALockCannotBe(@TempDir Path folder) throws IOException {
    Session session =
        Session.open(SettingsSchema.of(PretrainSettings.class).build(Map.of()).machine());
    RunFolder first = session.lock(RunFolder.at(folder.resolve("first")));
    RunFolder second = session.lock(RunFolder.at(folder.resolve("second")));
    Path owner;
    try (Stream<Path> files = Files.list(first.path())) {
      owner = files.filter(file -> file.toString().endsWith(".owner")).findFirst().orElseThrow();
    }
    Files.delete(owner);
    Files.createDirectories(owner.resolve("in the way"));
    assertThrows(UncheckedIOException.class, session::close);
    try (WriterLock free = second.lock()) {
      assertTrue(Files.exists(second.path()));
    }
    assertThrows(ClosedException.class, () -> session.scope().child("after"));
  }
}
