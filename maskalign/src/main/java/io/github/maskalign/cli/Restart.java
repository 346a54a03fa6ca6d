package io.github.maskalign.cli;

import io.github.maskalign.train.SystemSignals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Runs a program in a second JVM where the first lacks the options that make it fast, so that
 * {@code java -cp ... examples.PretrainTiny} is as fast as the launcher. The second JVM has the
 * class path, options and streams of the first. Signals are passed on to it, its exit status
 * becomes that of the first, and it ends when the first is killed. {@code
 * -Dmaskalign.restart=false} switches this off.
 */
final class Restart {

  private static final String SWITCH = "maskalign.restart";
  private static final String PARENT = "maskalign.restart.parent";
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final String NATIVE_ACCESS = "--enable-native-access";
  private static final int KILLED = 137;

  /** As in bin/maskalign, unless the user chose a collector or heap. */
  private static final List<String> MEMORY =
      List.of("-XX:+UseSerialGC", "-Xms16m", "-Xmn8m", "-XX:+UseCompactObjectHeaders");

  /** Starts of the options that attach a debugger, a native agent or remote management. */
  private static final List<String> ATTACHED =
      List.of("-agentlib:", "-agentpath:", "-Xrun", "-Dcom.sun.management.jmxremote");

  /** These arguments compute nothing. */
  private static final Set<String> QUICK = Set.of("-h", "--help", "-V", "--version");

  private Restart() {}

  /** Whether this JVM was started by another one. */
  static boolean isSecond() {
    return System.getProperty(PARENT) != null;
  }

  /**
   * Ends this process with the exit status of a second JVM if one is needed, else returns.
   *
   * @param program whose {@code main} calls this first
   */
  static void ifNeeded(Class<?> program, String[] args) {
    String parent = System.getProperty(PARENT);
    if (parent != null) {
      endWith(Long.parseLong(parent));
    } else if (isNeeded(program, args)) {
      System.exit(run(command(program, args)));
    }
  }

  /**
   * Not on a module path, whose launcher passes the options; not in a Java runtime without the
   * vector module; and not where a debugger or another tool is attached to this JVM.
   */
  private static boolean isNeeded(Class<?> program, String[] args) {
    return args.length > 0
        && Arrays.stream(args).noneMatch(QUICK::contains)
        && ModuleLayer.boot().findModule(VECTOR_MODULE).isEmpty()
        && ModuleFinder.ofSystem().find(VECTOR_MODULE).isPresent()
        && !program.getModule().isNamed()
        && !"false".equals(System.getProperty(SWITCH))
        && ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .noneMatch(option -> ATTACHED.stream().anyMatch(option::startsWith));
  }

  /**
   * Where the first JVM is killed and so cannot pass the signal on, nobody would end the second.
   */
  private static void endWith(long parent) {
    ProcessHandle.of(parent)
        .ifPresentOrElse(
            first -> first.onExit().thenRun(() -> Runtime.getRuntime().halt(KILLED)),
            () -> Runtime.getRuntime().halt(KILLED));
  }

  /** The command line of the second JVM. */
  private static List<String> command(Class<?> program, String[] args) {
    List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(given);
    command.add("--add-modules=" + VECTOR_MODULE);
    if (given.stream().noneMatch(option -> option.startsWith(NATIVE_ACCESS))) {
      command.add(NATIVE_ACCESS + "=ALL-UNNAMED");
    }
    if (given.stream()
        .noneMatch(option -> option.matches("-Xm[nsx].*|-XX:.*(GC|Heap|New|RAM).*"))) {
      command.addAll(MEMORY);
    }
    command.add("-D" + PARENT + "=" + ProcessHandle.current().pid());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(args));
    return command;
  }

  private static int run(List<String> command) {
    System.err.printf(
        "Restarting Java with --add-modules %s for full speed; -D%s=false prevents it.%n",
        VECTOR_MODULE, SWITCH);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "1");
    // Before the second JVM starts, so that no signal ends the first without the second.
    CompletableFuture<Process> started = new CompletableFuture<>();
    for (String signal : List.of("INT", "TERM", "HUP", "USR1")) {
      SystemSignals.handle(signal, _ -> started.thenAccept(second -> pass(signal, second)));
    }
    try {
      Process second = builder.start();
      started.complete(second);
      return second.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the main thread", e);
    }
  }

  /** {@link Process#destroy} sends SIGTERM only. */
  private static void pass(String signal, Process second) {
    try {
      new ProcessBuilder("sh", "-c", "kill -s %s %d".formatted(signal, second.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      second.destroy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
