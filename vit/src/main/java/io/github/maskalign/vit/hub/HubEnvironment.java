package io.github.maskalign.vit.hub;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import io.github.maskalign.vit.hub.access.Timeouts;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables of Python's huggingface_hub. One that is set but empty counts as not
 * set.
 */
final class HubEnvironment {

  private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");
  private static final Pattern VARIABLE = Pattern.compile("\\$(?:(\\w+)|\\{(\\w+)})");
  private static final int MAX_TOKEN_FILE = 1 << 16;
  private static final int MAX_SECONDS = 86_400;

  private final Map<String, String> variables;
  private final Path userHome;

  private HubEnvironment(Map<String, String> variables, Path userHome) {
    this.variables = variables;
    this.userHome = userHome;
  }

  static HubOptions read(Map<String, String> variables, Path userHome) {
    return new HubEnvironment(variables, userHome).options();
  }

  private HubOptions options() {
    String endpoint = variable("HF_ENDPOINT");
    return new HubOptions(
        endpoint == null ? Endpoint.PUBLIC : Endpoint.of(endpoint),
        cache(),
        this::token,
        offline(),
        !isTrue("HF_HUB_DISABLE_SYMLINKS"),
        new Timeouts(
            seconds("HF_HUB_ETAG_TIMEOUT", Timeouts.DEFAULT.answer()),
            seconds("HF_HUB_DOWNLOAD_TIMEOUT", Timeouts.DEFAULT.silence())),
        EnvironmentProxies.of(variables));
  }

  private @Nullable String variable(String name) {
    String value = variables.get(name);
    return value == null || value.isBlank() ? null : value;
  }

  private boolean isTrue(String name) {
    String value = variable(name);
    return value != null && TRUE.contains(value.strip().toUpperCase(Locale.ROOT));
  }

  private boolean offline() {
    return isTrue(variable("HF_HUB_OFFLINE") == null ? "TRANSFORMERS_OFFLINE" : "HF_HUB_OFFLINE");
  }

  private Path cache() {
    for (String name : new String[] {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
      String value = variable(name);
      if (value != null) {
        return expanded(value);
      }
    }
    return home().resolve("hub");
  }

  private Path home() {
    String home = variable("HF_HOME");
    if (home != null) {
      return expanded(home);
    }
    String caches = variable("XDG_CACHE_HOME");
    return (caches == null ? userHome.resolve(".cache") : expanded(caches)).resolve("huggingface");
  }

  /** A path in which a first ~ is the user's folder, and $NAME the value of a variable. */
  private Path expanded(String text) {
    Matcher names = VARIABLE.matcher(text);
    String all =
        names.replaceAll(
            found -> {
              String name = found.group(1) == null ? found.group(2) : found.group(1);
              return Matcher.quoteReplacement(variables.getOrDefault(name, found.group()));
            });
    boolean ofUser = all.equals("~") || all.startsWith("~/") || all.startsWith("~\\");
    return ofUser ? userHome.resolve(all.substring(Math.min(2, all.length()))) : Path.of(all);
  }

  private @Nullable Token token() {
    if (isTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
      return null;
    }
    for (String name : new String[] {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
      String value = variable(name);
      if (value != null) {
        return token(value);
      }
    }
    String path = variable("HF_TOKEN_PATH");
    return tokenIn(path == null ? home().resolve("token") : expanded(path));
  }

  private static @Nullable Token token(String text) {
    String value = text.replaceAll("[\r\n]", "").strip();
    return value.isEmpty() ? null : new Token(value);
  }

  private static @Nullable Token tokenIn(Path file) {
    if (Files.notExists(file)) {
      return null;
    }
    try {
      byte[] content = BoundedFiles.read(file, MAX_TOKEN_FILE, "an access token");
      return token(new String(content, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the access token in " + file, e);
    }
  }

  private Duration seconds(String name, Duration otherwise) {
    String value = variable(name);
    if (value == null) {
      return otherwise;
    }
    try {
      int seconds = Integer.parseInt(value.strip());
      if (seconds >= 1 && seconds <= MAX_SECONDS) {
        return Duration.ofSeconds(seconds);
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw new ArgumentException(
        "%s is '%s'; expected a whole number of seconds from 1 to %,d"
            .formatted(name, value, MAX_SECONDS));
  }
}
