package io.github.maskalign.tensor;

import io.github.maskalign.tensor.BackendProvider.Availability;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Selects a backend and explains the choice.
 *
 * @since 0.1.0
 */
public final class Backends {

  /** The name that selects the best available backend. */
  public static final String AUTO = "auto";

  /**
   * An open backend.
   *
   * @param backend the backend, which the caller closes
   * @param explanation one line: the backend, and why better ones are not available
   * @param improvable whether this machine could run a better one, if what the explanation says
   *     were done
   */
  public record Choice(Backend backend, String explanation, boolean improvable)
      implements AutoCloseable {

    @Override
    public void close() {
      backend.close();
    }
  }

  private Backends() {}

  /**
   * Opens the backend of the given name, or the best available one for {@link #AUTO}.
   *
   * @throws DeviceException if the name is unknown or the backend is unavailable; the message gives
   *     the reason
   */
  public static Choice open(String name, BackendOptions options) {
    return open(providers(), name, options);
  }

  /** Selects from the given providers. */
  static Choice open(List<BackendProvider> providers, String name, BackendOptions options) {
    List<BackendProvider> ladder =
        providers.stream()
            .sorted(Comparator.comparingInt(BackendProvider::preference).reversed())
            .toList();
    if (!name.equals(AUTO)) {
      return demand(ladder, name, options);
    }
    List<String> refusals = new ArrayList<>();
    boolean improvable = false;
    for (BackendProvider provider : ladder) {
      switch (probe(provider, options)) {
        case Availability.Available _ -> {
          try {
            Backend backend = provider.open(options);
            String why = refusals.isEmpty() ? "" : " (" + String.join("; ", refusals) + ")";
            return new Choice(backend, "Backend: " + backend.description() + why, improvable);
          } catch (DeviceException | OutOfMemoryException e) {
            refusals.add("not " + provider.name() + ": " + e.getMessage());
            improvable = true;
          }
        }
        case Availability.Unavailable(_, String summary, boolean fixable) -> {
          refusals.add("not " + provider.name() + ": " + summary);
          improvable |= fixable;
        }
      }
    }
    throw new DeviceException("no backend works here: " + String.join("; ", refusals));
  }

  /** Opens the best available backend with default options. */
  public static Choice open() {
    return open(AUTO, BackendOptions.defaults());
  }

  private static Choice demand(List<BackendProvider> ladder, String name, BackendOptions options) {
    for (BackendProvider provider : ladder) {
      if (provider.name().equals(name)) {
        return switch (probe(provider, options)) {
          case Availability.Available _ -> {
            Backend backend = provider.open(options);
            yield new Choice(backend, "Backend: " + backend.description(), false);
          }
          case Availability.Unavailable(String reason, _, _) ->
              throw new DeviceException("backend '" + name + "' does not work here: " + reason);
        };
      }
    }
    String names = ladder.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    throw new DeviceException("unknown backend '" + name + "'; known: " + AUTO + ", " + names);
  }

  private static Availability probe(BackendProvider provider, BackendOptions options) {
    if (provider.precisions().contains(options.precision())) {
      return provider.probe(options);
    }
    return new Availability.Unavailable(
        "it supports "
            + provider.precisions().stream()
                .sorted()
                .map(Enum::name)
                .collect(Collectors.joining(", "))
            + ", not "
            + options.precision()
            + "; choose another precision or backend");
  }

  private static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).forEach(found::add);
    return found;
  }
}
