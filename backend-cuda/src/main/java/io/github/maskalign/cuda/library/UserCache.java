package io.github.maskalign.cuda.library;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The folder for compiled kernels and unpacked libraries, which other users must not write. */
public final class UserCache {

  /** System property that selects another folder. */
  public static final String PROPERTY = "maskalign.cuda.cache";

  private UserCache() {}

  /** The folder, which may not exist yet. */
  public static Path folder() {
    @Nullable String chosen = System.getProperty(PROPERTY);
    if (chosen != null && !chosen.isBlank()) {
      return Path.of(chosen);
    }
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    @Nullable String base = System.getenv(windows ? "LOCALAPPDATA" : "XDG_CACHE_HOME");
    Path caches =
        base == null || base.isBlank()
            ? Path.of(System.getProperty("user.home", "."), ".cache")
            : Path.of(base);
    return caches.resolve("maskalign").resolve("cuda");
  }
}
