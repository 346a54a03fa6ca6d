package peers.contest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Measures {@link Load} from its creation on. */
public final class LoadMeter {

  private static final Path STAT = Path.of("/proc/stat");

  private final ProcessClock clock;
  private final ProcStat machine;
  private final long own;
  private final long start;

  /** Starts measuring. */
  public LoadMeter(ProcessClock clock) {
    this.clock = clock;
    machine = read();
    own = clock.cpuWithChildren();
    start = System.nanoTime();
  }

  private static ProcStat read() {
    try {
      return ProcStat.parse(Files.readString(STAT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The load since the start, without this process and those that it has started. */
  public Load load() {
    return Load.of(
        read().since(machine),
        clock.cpuWithChildren() - own,
        System.nanoTime() - start,
        Runtime.getRuntime().availableProcessors());
  }
}
