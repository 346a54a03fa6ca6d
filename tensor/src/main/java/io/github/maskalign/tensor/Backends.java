package io.github.maskalign.tensor;

import io.github.maskalign.tensor.BackendProvider.Availability;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/**
 * Chooses a backend and says why.
 *
 * @since 0.1.0
 */
public final class Backends {

  /** The name that lets the library choose. */
  public static final String AUTO = "auto";

  /**
   * An open backend.
   *
   * @param backend to be closed by the caller
   * @param explanation one line for people: what runs, and why nothing better
   */
  public record Choice(Backend backend, String explanation) implements AutoCloseable {

    @Override
    public void close() {
      backend.close();
    }
  }

  private Backends() {}

  /**
   * Opens the backend of the given name, or with {@link #AUTO} the best that works here.
   *
   * @throws DeviceException if the name is unknown or that backend does not work here, with the
   *     reason
   */
  public static Choice open(String name, BackendOptions options) {
    return open(providers(), name, options);
  }

  /** Chooses among the given providers. */
  static Choice open(List<BackendProvider> providers, String name, BackendOptions options) {
    List<BackendProvider> ladder =
        providers.stream()
            .sorted(Comparator.comparingInt(BackendProvider::preference).reversed())
            .toList();
    if (!name.equals(AUTO)) {
      return demand(ladder, name, options);
    }
    List<String> refusals = new ArrayList<>();
    for (BackendProvider provider : ladder) {
      switch (probe(provider, options)) {
        case Availability.Available _ -> {
          try {
            Backend backend = provider.open(options);
            String why = refusals.isEmpty() ? "" : " (" + String.join("; ", refusals) + ")";
            return new Choice(backend, "Backend: " + backend.description() + why);
          } catch (DeviceException | OutOfMemoryException e) {
            refusals.add("not " + provider.name() + ": " + e.getMessage());
          }
        }
        case Availability.Unavailable(String reason) ->
            refusals.add("not " + provider.name() + ": " + reason);
      }
    }
    throw new DeviceException("no backend works here: " + String.join("; ", refusals));
  }

  /** Opens the best backend with default options. */
  public static Choice open() {
    return open(AUTO, BackendOptions.defaults());
  }

  private static Choice demand(List<BackendProvider> ladder, String name, BackendOptions options) {
    for (BackendProvider provider : ladder) {
      if (provider.name().equals(name)) {
        return switch (probe(provider, options)) {
          case Availability.Available _ -> {
            Backend backend = provider.open(options);
            yield new Choice(backend, "Backend: " + backend.description());
          }
          case Availability.Unavailable(String reason) ->
              throw new DeviceException("backend '" + name + "' does not work here: " + reason);
        };
      }
    }
    String names = ladder.stream().map(BackendProvider::name).collect(Collectors.joining(", "));
    throw new DeviceException("unknown backend '" + name + "'; known: " + AUTO + ", " + names);
  }

  private static Availability probe(BackendProvider provider, BackendOptions options) {
    if (provider.precisions().contains(options.precision())) {
      return provider.probe();
    }
    return new Availability.Unavailable(
        "it multiplies in "
            + provider.precisions().stream()
                .sorted()
                .map(Enum::name)
                .collect(Collectors.joining(", "))
            + " and not in "
            + options.precision()
            + "; choose another precision or backend");
  }

  private static List<BackendProvider> providers() {
    List<BackendProvider> found = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).forEach(found::add);
    return found;
  }
}
