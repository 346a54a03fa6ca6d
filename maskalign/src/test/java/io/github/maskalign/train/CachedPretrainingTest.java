package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.DataLoader;
import io.github.maskalign.teacher.cache.CachedTargets;
import io.github.maskalign.teacher.cache.StoredType;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedPretrainingTest {

  private static final int CROPS = 2;

  @TempDir private Path folder;

  private TinyRun direct() {
    return new TinyRun("cpu", 1, CROPS, (_, direct) -> direct);
  }

  private TinyRun cached(int threads, StoredType type) {
    return new TinyRun(
        "cpu",
        threads,
        CROPS,
        (scope, direct) -> {
          CachedTargets targets =
              CachedTargets.open(
                  scope,
                  direct,
                  TinyRun.pictures(),
                  TinyRun.augmentation(CROPS),
                  new CachedTargets.Place(folder, type));
          assertTrue(targets.fill(TinyRun.EPOCHS, () -> false, (_, _) -> {}).complete());
          return targets;
        });
  }

  private static List<StepReport> train(TinyRun run, int steps) {
    List<StepReport> reports = new ArrayList<>();
    long from = run.training.steps();
    try (DataLoader loader = run.loader(from, from + steps)) {
      while (loader.hasNext()) {
        reports.add(run.training.step(List.of(loader.next())));
      }
    }
    return reports;
  }

  private static void assertSameBits(Map<String, float[]> expected, Map<String, float[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
  }

  @Test
  void unroundedFeaturesGiveTheBitsOfARunThatAsksTheTeacher() {
    try (TinyRun direct = direct();
        TinyRun cached = cached(1, StoredType.F32)) {
      assertEquals(train(direct, 12), train(cached, 12));
      assertSameBits(direct.values(), cached.values());
    }
  }

  @Test
  void roundedFeaturesGiveNearlyTheSameLosses() {
    List<StepReport> expected;
    try (TinyRun direct = direct()) {
      expected = train(direct, 40);
    }
    for (StoredType type : List.of(StoredType.F16, StoredType.BF16)) {
      try (TinyRun cached = cached(1, type)) {
        List<StepReport> found = train(cached, 40);
        double bound = type == StoredType.F16 ? 1e-4 : 1e-3;
        for (int i = 0; i < found.size(); i++) {
          assertEquals(1, found.get(i).loss() / expected.get(i).loss(), bound, "step " + i);
        }
      }
    }
  }

  @Test
  void resumedRunHasTheBitsOfAnUninterruptedOneThoughItsCacheWasDamaged() throws Exception {
    CheckpointStore checkpoints = new CheckpointStore(folder.resolve("checkpoints"), 1);
    Map<String, float[]> expected;
    List<StepReport> reports;
    try (TinyRun straight = cached(1, StoredType.F16)) {
      reports = train(straight, 14);
      expected = straight.values();
    }
    Path file;
    try (TinyRun first = cached(2, StoredType.F16)) {
      train(first, 8);
      checkpoints.save(8, first.training::save);
      file = ((CachedTargets) first.source).path();
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[5000]), channel.size() / 2);
    }
    try (TinyRun second = cached(1, StoredType.F16)) {
      second.training.restore(checkpoints.latest().orElseThrow());
      assertEquals(reports.subList(8, 14), train(second, 6));
      assertSameBits(expected, second.values());
    }
  }

  @Test
  void memoryStaysAsItIs() {
    try (TinyRun run = cached(2, StoredType.F16)) {
      train(run, 10);
      MemoryStats early = run.choice.backend().memory();
      train(run, 20);
      assertEquals(early, run.choice.backend().memory());
    }
  }
}
