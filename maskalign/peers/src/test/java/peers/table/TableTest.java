package peers.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import peers.contest.Load;
import peers.contest.Result;
import peers.contest.Times;
import peers.fork.Group;
import peers.python.PyTorch;
import peers.work.Memory;

class TableTest {

  private static Times times(String side, boolean settled, double wall, double cpu) {
    return new Times(side, new double[] {wall}, new double[] {cpu}, 6, 1, settled);
  }

  /** Ours takes 100 ms. */
  private static Result result(String name, int threads, Times... peers) {
    Times ours = times("ours", true, 1e8, 1e8);
    return new Result(name, threads, ours, List.of(peers), Load.NONE, 0, 0);
  }

  private static Comparison comparison(Result... jvms) {
    return new Comparison(List.of(jvms));
  }

  private static List<Row> rows(Group group, boolean intel, Comparison... comparisons) {
    Map<Group, List<Comparison>> results = new EnumMap<>(Group.class);
    results.put(group, List.of(comparisons));
    return new Table(intel).rows(results);
  }

  @Test
  void theWorseRatioCountsWithOneThreadAndWallWithSeveral() {
    Times theirs = times("libtorch", true, 2e8, 1.25e8);
    assertEquals(0.8, comparison(result("x", 1, theirs)).counting(0), 1e-12);
    assertEquals(0.5, comparison(result("x", 2, theirs)).counting(0), 1e-12);
    Times quick = times("libtorch", true, 1.25e8, 2e8);
    assertEquals(0.8, comparison(result("x", 1, quick)).counting(0), 1e-12);
  }

  /** Not the median of all rounds, of which a JVM with more of them would have more. */
  @Test
  void figuresAreMediansOverJvms() {
    Comparison jvms =
        comparison(
            result("x", 1, times("libtorch", true, 1e8, 1e8)),
            result("x", 1, times("libtorch", true, 2e8, 2e8)),
            result("x", 1, times("libtorch", true, 4e8, 4e8)));
    assertEquals(0.5, jvms.wall(0), 1e-12);
    assertEquals("ours 100, libtorch 200 ms; wall ratio 0.250 to 1.000", jvms.detail(List.of(0)));
  }

  @Test
  void barsSayMetDesiredOrMissed() {
    assertEquals("met, desired", Bar.atMost(0.8, 0.6).verdict(0.6));
    assertEquals("met", Bar.atMost(0.8, 0.6).verdict(0.8));
    assertEquals("**missed**", Bar.atMost(0.8, 0.6).verdict(0.8001));
    assertEquals("met, desired", Bar.atLeast(1.1, 1.3).verdict(1.3));
    assertEquals("**missed**", Bar.atLeast(1.1, 1.3).verdict(1.0999));
    assertEquals("met", Bar.atLeast(0.93, Double.NaN).verdict(2));
    assertEquals("", Bar.NONE.verdict(0));
    assertEquals("**missed**", Bar.atMost(0.8, 0.6).verdict(Double.NaN));
  }

  @Test
  void repeatedRoundsAreReported() {
    Times ours = times("ours", true, 1e8, 1e8);
    Result repeated =
        new Result("x", 1, ours, List.of(times("y", true, 1e6, 1e6)), Load.NONE, 4, 0);
    assertEquals(
        "ours 100, y 1.00 ms; JIT, repeated rounds: 4", comparison(repeated).detail(List.of(0)));
  }

  @Test
  void theFasterOfEagerAndCompiledCounts() {
    Comparison whole =
        comparison(
            result(
                "ViT-S/16",
                2,
                times("eager", true, 4e8, 4e8),
                times("torch.compile", true, 2.5e8, 9e8),
                times("eager" + PyTorch.AVX512, true, 1.25e8, 9e8),
                times("torch.compile" + PyTorch.AVX512, true, 2e8, 9e8)));
    List<Row> rows = rows(Group.WHOLE_S_2, false, whole);
    assertEquals(2, rows.size());
    assertEquals(0.4, rows.get(0).figure(), 1e-12);
    assertEquals("met, desired", rows.get(0).verdict());
    assertEquals("ours 100, torch.compile 250, eager 400 ms", rows.get(0).detail());
    assertEquals(0.8, rows.get(1).figure(), 1e-12);
    assertEquals("met", rows.get(1).verdict());
    assertTrue(rows.get(1).work().endsWith("AVX-512"), rows.get(1).work());
  }

  @Test
  void aMissingPreloadLeavesOutItsRow() {
    Comparison whole = comparison(result("ViT-B/16", 1, times("eager", true, 4e8, 4e8)));
    assertEquals(1, rows(Group.WHOLE_B_1, false, whole).size());
  }

  @Test
  void theVendorDecidesTheBarOfPyTorchAsInstalled() {
    Comparison whole = comparison(result("ViT-S/16", 1, times("eager", true, 1.25e8, 1.25e8)));
    assertEquals("**missed**", rows(Group.WHOLE_S_1, false, whole).getFirst().verdict());
    assertEquals("met", rows(Group.WHOLE_S_1, true, whole).getFirst().verdict());
  }

  @Test
  void productsHaveAMeanAndARowEach() {
    List<Row> rows =
        rows(
            Group.PRODUCTS,
            false,
            comparison(result("sgemm a", 1, times("OpenBLAS", true, 0.5e8, 0.5e8))),
            comparison(result("sgemm b", 1, times("OpenBLAS", true, 2e8, 2e8))));
    assertEquals(1, rows.getFirst().figure(), 1e-12);
    assertEquals("met", rows.getFirst().verdict());
    assertEquals(0.5, rows.get(1).figure(), 1e-12);
    assertEquals("**missed**", rows.get(1).verdict());
  }

  @Test
  void theWorseMeanCounts() {
    List<Row> rows =
        rows(
            Group.PRODUCTS,
            false,
            comparison(result("sgemm a", 1, times("OpenBLAS", true, 2e8, 0.5e8))),
            comparison(result("sgemm b", 1, times("OpenBLAS", true, 0.5e8, 1e8))));
    assertEquals(1, rows.getFirst().wall(), 1e-12);
    assertEquals(Math.sqrt(0.5), rows.getFirst().cpu(), 1e-12);
    assertEquals(Math.sqrt(0.5), rows.getFirst().figure(), 1e-12);
  }

  @Test
  void marksSayWhatIsUncertain() {
    assertEquals(Set.of(), Mark.of(new Load(0.3, 0.02)));
    assertEquals(Set.of(Mark.L), Mark.of(new Load(0.31, 0)));
    assertEquals(Set.of(Mark.S), Mark.of(new Load(0, 0.021)));
    Times ours = times("ours", true, 1, 1);
    Result loud =
        new Result("x", 1, ours, List.of(times("y", false, 1, 1)), new Load(1, 1), 9, 0.1);
    Result quiet = result("x", 1, times("y", true, 1, 1));
    assertEquals(EnumSet.of(Mark.L, Mark.S, Mark.J, Mark.W), Mark.of(List.of(loud)));
    assertEquals(Set.of(), Mark.of(List.of(quiet)));
    assertEquals("L W", Mark.letters(EnumSet.of(Mark.W, Mark.L)));
  }

  /** Such as a library that is 20 times slower in one of them, for a reason of its own. */
  @Test
  void jvmsThatDisagreeAreMarked() {
    Result usual = result("x", 1, times("y", true, 1e8, 1e8));
    Result near = result("x", 1, times("y", true, 1.19e8, 1e8));
    Result far = result("x", 1, times("y", true, 1.21e8, 1e8));
    assertEquals(Set.of(), Mark.of(List.of(usual, near)));
    assertEquals(Set.of(Mark.V), Mark.of(List.of(usual, far)));
  }

  @Test
  void coldStepsCountUntilTheSteadyState() {
    double[] slow = new double[30];
    Arrays.fill(slow, 1e9);
    Arrays.fill(slow, 0, 4, 3e9);
    slow[1] = 1e9; // A single fast step between slow ones.
    Row row = Table.coldSteps("ViT-S/16", List.of(slow, slow), Load.NONE);
    assertEquals(5, row.figure());
    assertEquals("**missed**", row.verdict());
    assertEquals("steps 1 to 4: 3.00 1.00 3.00 3.00 s, steady 1.00 s", row.detail());
  }

  @Test
  void absoluteRowsHaveTheirBars() {
    List<Row> start = Table.startUp(Map.of("without AOT cache", 2.4), new Load(0.5, 0));
    assertEquals("met", start.getFirst().verdict());
    assertEquals(Set.of(Mark.L), start.getFirst().marks());
    assertEquals(
        "**missed**", Table.startUp(Map.of("with AOT cache", 2.4), Load.NONE).getFirst().verdict());
    List<Row> memory =
        Table.memory(
            Map.of(Memory.RESIDENT, 6e8, Memory.HEAP, 65536.0, Memory.POOL_GROWTH, 0.0),
            Map.of(Memory.RESIDENT, 1e9));
    assertEquals("met", memory.get(0).verdict());
    assertEquals("**missed**", memory.get(1).verdict());
    assertEquals("met, desired", memory.get(2).verdict());
  }

  @Test
  void aTableIsMarkdown() {
    Comparison one = comparison(result("softmax", 1, times("libtorch", true, 2e8, 4e8)));
    String text =
        Markdown.write(
            Map.of("Processor", "a | b"),
            "1 JVM",
            rows(Group.KERNELS, false, one),
            List.of("PyTorch is left out"));
    assertTrue(text.contains("| Processor | a \\| b |\n"), text);
    assertTrue(
        text.contains(
            "\n| softmax over libtorch, time | 0.500 | 0.500 | 0.250 | <= 0.95 | 0.70"
                + " | met, desired |  | ours 100, libtorch 200 ms |\n"),
        text);
    assertTrue(text.contains("\n- PyTorch is left out\n"), text);
    // Every line of the table has the columns of its head.
    List<String> table = text.lines().filter(line -> line.startsWith("| ")).toList();
    long columns = table.getLast().chars().filter(c -> c == '|').count();
    assertEquals(10, columns);
  }
}
