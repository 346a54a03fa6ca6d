package io.github.maskalign.train.log;

/** Shows nothing. */
record NoDisplay() implements ProgressDisplay {

  @Override
  public void update(LogEntry entry) {}

  @Override
  public void message(String line) {}

  @Override
  public void close() {}
}
