package peers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import peers.contest.Load;
import peers.contest.LoadMeter;
import peers.contest.ProcessClock;
import peers.contest.Result;
import peers.fork.Fork;
import peers.fork.Group;
import peers.python.PyTorch;
import peers.table.Comparison;
import peers.table.Row;
import peers.table.Table;
import peers.work.StartUp;

/** Runs the parts of the table one after the other; one that fails is named and left out. */
final class Measurements {

  /** What is measured besides contests. */
  enum Single {
    /** First steps of a ViT-S in a cold JVM. */
    COLD_S,
    /** First steps of a ViT-B in a cold JVM. */
    COLD_B,
    /** Time to the first embedding. */
    START_UP,
    /** Memory of a training step. */
    MEMORY
  }

  /** Results by group, for the JSON file. */
  final Map<Group, List<Comparison>> results = new EnumMap<>(Group.class);

  /** What was left out, a line each. */
  final Set<String> notes = new LinkedHashSet<>();

  private final List<Row> others = new ArrayList<>();
  private final Fork fork;
  private final @Nullable PyTorch torch;
  private final int forks;
  private final int rounds;
  private final ProcessClock clock = new ProcessClock();
  private boolean failed;

  Measurements(Path folder, boolean avx2, @Nullable PyTorch torch, int forks, int rounds) {
    this.fork = new Fork(folder, avx2, torch, notes::add);
    this.torch = torch;
    this.forks = forks;
    this.rounds = rounds;
  }

  /** Whether a JVM failed. */
  boolean failed() {
    return failed;
  }

  /** All rows so far. */
  List<Row> rows(Table table) {
    List<Row> rows = table.rows(results);
    rows.addAll(others);
    return rows;
  }

  /** Versions and kernels of the peers, by name. */
  Map<String, String> libraries() {
    try {
      return fork.libraries();
    } catch (Fork.Failure e) {
      note(e);
      return Map.of();
    }
  }

  private void note(Fork.Failure failure) {
    failed = true;
    notes.add("Left out, as it failed: " + failure.getMessage());
  }

  /** Runs a {@link Group} or a {@link Single} of this name. */
  void run(String part) {
    if (Stream.of(Single.values()).anyMatch(single -> single.name().equals(part))) {
      run(Single.valueOf(part));
    } else {
      run(Group.valueOf(part));
    }
  }

  private void run(Group group) {
    if (group.python && torch == null) {
      return;
    }
    List<List<Result>> runs = new ArrayList<>();
    try {
      for (int run = 1; run <= forks; run++) {
        System.err.printf("%s, JVM %d of %d ...%n", group, run, forks);
        runs.add(fork.contests(group, rounds));
      }
    } catch (Fork.Failure e) {
      note(e);
    }
    if (!runs.isEmpty()) {
      results.put(group, compared(runs));
    }
  }

  /** A work is compared in the JVMs that had the same sides. */
  private static List<Comparison> compared(List<List<Result>> runs) {
    int works = runs.stream().mapToInt(List::size).min().orElseThrow();
    return IntStream.range(0, works)
        .mapToObj(i -> new Comparison(runs.stream().map(run -> run.get(i)).toList()))
        .toList();
  }

  private void run(Single single) {
    System.err.println(single + " ...");
    try {
      switch (single) {
        case COLD_S -> coldSteps("ViT-S/16", "small");
        case COLD_B -> coldSteps("ViT-B/16", "base");
        case START_UP -> startUp();
        case MEMORY -> others.addAll(Table.memory(fork.memory("ours"), fork.memory("theirs")));
      }
    } catch (Fork.Failure e) {
      note(e);
    }
  }

  private void coldSteps(String name, String student) throws Fork.Failure {
    List<double[]> runs = new ArrayList<>();
    Load load = Load.NONE;
    for (int run = 1; run <= forks; run++) {
      LoadMeter meter = new LoadMeter(clock);
      runs.add(fork.coldSteps(student));
      load = load.max(meter.load());
    }
    others.add(Table.coldSteps(name, runs, load));
  }

  private void startUp() throws Fork.Failure {
    LoadMeter meter = new LoadMeter(clock);
    Map<String, Double> seconds = StartUp.measure();
    if (seconds.size() == 1) {
      notes.add("The start with an AOT cache is left out, as Java made no cache.");
    }
    others.addAll(Table.startUp(seconds, meter.load()));
  }
}
