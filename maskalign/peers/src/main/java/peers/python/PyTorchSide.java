package peers.python;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import peers.contest.Sample;
import peers.contest.Side;

/**
 * Work in a Python process, which measures itself: a request is a line with a number of calls, the
 * answer a line {@code time WALL CPU} with their nanoseconds.
 */
public final class PyTorchSide implements Side, AutoCloseable {

  private final String name;
  private final Process process;
  private final Path errors;
  private final BufferedReader answers;
  private final PrintWriter requests;

  /**
   * Starts the process and waits until it is ready.
   *
   * @param name for the table
   * @param folder for what it prints
   * @throws IllegalStateException if it ends before; the message has the end of its output
   */
  PyTorchSide(String name, Path folder, ProcessBuilder builder) {
    this.name = name;
    try {
      errors = Files.createTempFile(folder, "pytorch", ".txt");
      process = builder.redirectError(errors.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answers = process.inputReader();
    requests = new PrintWriter(process.outputWriter());
    try {
      answer("ready");
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Sample time(int calls) {
    requests.println(calls);
    requests.flush();
    return parse(answer("time"), calls);
  }

  static Sample parse(String answer, int calls) {
    String[] words = answer.split(" ");
    return new Sample(Double.parseDouble(words[1]) / calls, Double.parseDouble(words[2]) / calls);
  }

  /** The next line of this kind; libraries may print others. */
  private String answer(String kind) {
    try {
      for (String line; (line = answers.readLine()) != null; ) {
        if (line.equals(kind) || line.startsWith(kind + " ")) {
          return line;
        }
      }
      throw new IllegalStateException(name + " ended: " + lastLines(errors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a process that failed said last, in one line. */
  static String lastLines(Path output) throws IOException {
    try (Stream<String> lines = Files.lines(output)) {
      List<String> all = new ArrayList<>(lines.filter(line -> !line.isBlank()).toList());
      String last = String.join(" | ", all.subList(Math.max(0, all.size() - 2), all.size()));
      return last.isEmpty() ? "without a message" : last;
    }
  }

  @Override
  public void close() {
    // The end of its input ends the process, and the compilers that it has started.
    requests.close();
    try {
      process.waitFor();
      Files.deleteIfExists(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      process.destroy();
      throw new IllegalStateException(e);
    }
  }
}
