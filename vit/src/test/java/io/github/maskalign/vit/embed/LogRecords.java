package io.github.maskalign.vit.embed;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Keeps what is logged instead of printing it. */
final class LogRecords extends Handler implements AutoCloseable {

  private final Logger logger;
  private final List<LogRecord> all = new CopyOnWriteArrayList<>();

  private LogRecords(Logger logger) {
    this.logger = logger;
  }

  static LogRecords of(String name) {
    LogRecords records = new LogRecords(Logger.getLogger(name));
    records.logger.addHandler(records);
    records.logger.setUseParentHandlers(false);
    return records;
  }

  /** The messages of the warnings. */
  List<String> warnings() {
    return all.stream()
        .filter(record -> record.getLevel() == Level.WARNING)
        .map(LogRecord::getMessage)
        .toList();
  }

  @Override
  public void publish(LogRecord record) {
    all.add(record);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    logger.setUseParentHandlers(true);
    logger.removeHandler(this);
  }
}
