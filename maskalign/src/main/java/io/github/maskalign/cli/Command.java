package io.github.maskalign.cli;

import java.util.concurrent.Callable;

/**
 * A sub-command of {@code maskalign}, found by {@link java.util.ServiceLoader} so that modules
 * above this one can add theirs.
 *
 * <p>An implementation carries picocli's {@code @CommandLine.Command} with its name and
 * description; {@code --help}, {@code --version} and {@code --stacktrace} are inherited. It is
 * named both in its {@code module-info} ({@code provides}) and below {@code META-INF/services},
 * since the launcher runs on the class path. {@link #call} answers the exit status: 0 for success,
 * 1 where the work was done and the answer is no. For what the user can mend it throws (see {@link
 * Main}).
 *
 * @since 0.1.0
 */
public interface Command extends Callable<Integer> {}
