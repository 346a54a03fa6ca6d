package examples;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.teacher.cache.CachedTargets;
import io.github.maskalign.teacher.cache.StoredType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.TeacherTargets;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a {@link PretrainTiny} run has its targets from: the teacher, or what it said before. */
final class TinyTargets {

  private static final long SECOND = 1_000_000_000L;

  @Option(
      names = "--teacher-cache-dir",
      paramLabel = "DIR",
      description = "Folder of what --teacher-cache keeps (default: ${DEFAULT-VALUE}).",
      defaultValue = "runs/teacher-cache")
  private Path folder;

  /** The source that a configuration asks for; a cache is filled before it is returned. */
  TargetSource open(
      TinyConfig config,
      Scope scope,
      TeacherTargets direct,
      Dataset images,
      Augmentation augmentation,
      StopSignal stop) {
    if (config.teacherCache() == 0) {
      return direct;
    }
    StoredType type = StoredType.parse(config.teacherCacheType());
    CachedTargets targets =
        CachedTargets.open(
            scope, direct, images, augmentation, new CachedTargets.Place(folder, type));
    try {
      fill(targets, config.epochs(), stop);
      return targets;
    } catch (RuntimeException | Error e) {
      targets.close();
      throw e;
    }
  }

  private static void fill(CachedTargets targets, int epochs, StopSignal stop) {
    System.out.println("Teacher cache: " + targets.path());
    long start = System.nanoTime();
    long[] shown = {start};
    CachedTargets.Filled filled =
        targets.fill(
            epochs,
            stop::requested,
            (made, lacking) -> {
              if (System.nanoTime() - shown[0] > 10 * SECOND) {
                shown[0] = System.nanoTime();
                System.err.printf("teacher cache  crop %,d/%,d%n", made, lacking);
              }
            });
    System.out.printf(
        "Teacher cache: %,d crops found, %,d made in %.1f s, %,d MB%n",
        filled.kept(),
        filled.made(),
        (double) (System.nanoTime() - start) / SECOND,
        targets.size() / 1_000_000);
  }
}
