package io.github.maskalign.cli.train;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ByteSize;
import io.github.maskalign.cli.FolderSize;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.cli.settings.groups.ScheduleSettings;
import io.github.maskalign.tensor.error.ArgumentException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The disk space that a run takes, compared with what is free before it starts. */
final class DiskNeed {

  private static final long LINE_BYTES = 500;

  /**
   * What takes space.
   *
   * @param place where; need not exist
   * @param bytes how much
   * @param what it is
   * @param remedy what makes it smaller
   */
  record Part(Path place, double bytes, String what, String remedy) {}

  /** Tells the free space. */
  interface Disk {

    /** The file system of an existing place. */
    Object store(Path place) throws IOException;

    /** Bytes that are free in the file system of an existing place. */
    long free(Path place) throws IOException;
  }

  private static final Disk DISK =
      new Disk() {
        @Override
        public FileStore store(Path place) throws IOException {
          return Files.getFileStore(place);
        }

        @Override
        public long free(Path place) throws IOException {
          return Files.getFileStore(place).getUsableSpace();
        }
      };

  private DiskNeed() {}

  /**
   * The folder of a run: the checkpoints that are kept, the one that is written, the best one, the
   * final weights and the log. What a run to resume has taken already is counted as free.
   *
   * @param parameters of the run
   * @param state numbers that the optimizer keeps
   * @param steps of the run
   */
  static Part run(
      Parameters parameters, long state, RunSettings run, ScheduleSettings schedule, long steps) {
    Path place = run.out() == null ? RunStart.RUNS : run.out();
    long numbers = parameters.all().stream().mapToLong(each -> each.value().size()).sum();
    double weights = (double) Float.BYTES * numbers;
    double checkpoint = weights + (double) Float.BYTES * state;
    long made = run.checkpointEvery() == 0 ? schedule.epochs() : steps / run.checkpointEvery() + 1;
    double kept = Math.min(run.keepCheckpoints(), made);
    double log = LINE_BYTES * ((double) steps / run.logEvery() + schedule.epochs());
    double bytes = checkpoint * (kept + 2) + weights + log;
    return new Part(
        place,
        Math.max(0, bytes - (run.out() == null ? 0 : FolderSize.of(place))),
        "%,.0f checkpoints of %s besides the best one and the one being written"
            .formatted(kept, ByteSize.text((long) checkpoint)),
        "--keep-checkpoints");
  }

  /**
   * Refuses a run that would not fit.
   *
   * @throws ArgumentException with the numbers, and what makes it smaller
   */
  static void require(List<Part> parts) {
    require(parts, DISK);
  }

  static void require(List<Part> parts, Disk disk) {
    Map<Object, List<Part>> byStore = new LinkedHashMap<>();
    for (Part part : parts) {
      try {
        byStore.computeIfAbsent(disk.store(existing(part.place)), _ -> new ArrayList<>()).add(part);
      } catch (IOException e) {
        // An unreachable place is reported when it is written to.
      }
    }
    byStore.values().forEach(together -> requireFit(together, disk));
  }

  private static void requireFit(List<Part> parts, Disk disk) {
    double needed = parts.stream().mapToDouble(Part::bytes).sum();
    Path place = parts.getFirst().place;
    long free;
    try {
      free = disk.free(existing(place));
    } catch (IOException e) {
      return;
    }
    if (needed > free) {
      throw new ArgumentException(
          "not enough disk space for %s: the run takes about %s (%s), and %s are free; free some, or lower %s"
              .formatted(
                  place,
                  ByteSize.text((long) needed),
                  parts.stream().map(Part::what).collect(Collectors.joining("; ")),
                  ByteSize.text(free),
                  parts.stream().map(Part::remedy).collect(Collectors.joining(" or "))));
    }
  }

  private static Path existing(Path place) {
    Path path = place.toAbsolutePath();
    while (!Files.exists(path) && path.getParent() != null) {
      path = path.getParent();
    }
    return path;
  }
}
