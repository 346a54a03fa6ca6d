package io.github.maskalign.cli;

import java.util.concurrent.Callable;

/**
 * A subcommand of {@code maskalign}, found by {@link java.util.ServiceLoader} so that dependent
 * modules can add their own.
 *
 * <p>An implementation is annotated with picocli's {@code @CommandLine.Command}, which gives its
 * name and description; {@code --help}, {@code --version} and {@code --stacktrace} are inherited.
 * It is listed both in its {@code module-info} ({@code provides}) and in {@code META-INF/services},
 * since the launcher uses the class path. {@link #call} returns the exit status: 0 for success, 1
 * for a negative result. It throws for errors that the user can fix (see {@link Main}).
 *
 * @since 0.1.0
 */
public interface Command extends Callable<Integer> {}
