package peers.contest;

/**
 * A side that runs in this process.
 *
 * @param name for the table
 * @param contender the work
 * @param clock reads the processor time of this process
 */
public record InProcess(String name, Contender contender, ProcessClock clock) implements Side {

  @Override
  public Sample time(int calls) {
    long wall = 0;
    long cpu = 0;
    for (int i = 0; i < calls; i++) {
      contender.prepare();
      long cpuStart = clock.cpu();
      long start = System.nanoTime();
      contender.run();
      wall += System.nanoTime() - start;
      cpu += clock.cpu() - cpuStart;
      contender.finish();
    }
    return new Sample((double) wall / calls, (double) cpu / calls);
  }
}
