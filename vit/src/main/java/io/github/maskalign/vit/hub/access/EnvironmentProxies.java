package io.github.maskalign.vit.hub.access;

import io.github.maskalign.tensor.error.ArgumentException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The proxies of the variables {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and
 * {@code NO_PROXY}, in capitals or not; where none is set, those of Java's own properties.
 *
 * @since 0.1.0
 */
public final class EnvironmentProxies extends ProxySelector {

  private static final int DEFAULT_PORT = 80;

  private final Map<String, String> variables;
  private final @Nullable ProxySelector otherwise;

  private EnvironmentProxies(Map<String, String> variables, @Nullable ProxySelector otherwise) {
    this.variables = variables;
    this.otherwise = otherwise;
  }

  /** The proxies of environment variables. */
  public static EnvironmentProxies of(Map<String, String> variables) {
    return new EnvironmentProxies(variables, ProxySelector.getDefault());
  }

  @Override
  public List<Proxy> select(URI address) {
    String proxy =
        variable("https".equalsIgnoreCase(address.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY");
    proxy = proxy == null ? variable("ALL_PROXY") : proxy;
    if (proxy == null) {
      return otherwise == null ? List.of(Proxy.NO_PROXY) : otherwise.select(address);
    }
    return isExcluded(address.getHost()) ? List.of(Proxy.NO_PROXY) : List.of(parse(proxy));
  }

  private @Nullable String variable(String name) {
    String lower = variables.get(name.toLowerCase(Locale.ROOT));
    String value = lower == null || lower.isBlank() ? variables.get(name) : lower;
    return value == null || value.isBlank() ? null : value.strip();
  }

  private boolean isExcluded(String host) {
    String list = variable("NO_PROXY");
    if (list == null) {
      return false;
    }
    for (String each : list.split(",")) {
      String name =
          each.strip()
              .toLowerCase(Locale.ROOT)
              .replaceFirst("^\\*?\\.", "")
              .replaceFirst(":\\d+$", "");
      String lower = host.toLowerCase(Locale.ROOT);
      if (name.equals("*")
          || !name.isEmpty() && (lower.equals(name) || lower.endsWith("." + name))) {
        return true;
      }
    }
    return false;
  }

  private static Proxy parse(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      boolean plain = uri.getScheme().equalsIgnoreCase("http");
      if (uri.getHost() != null && uri.getRawUserInfo() == null && plain) {
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
      }
    } catch (IllegalArgumentException e) {
      // Refused below, without the text, which may contain a password.
    }
    throw new ArgumentException(
        "the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is not supported; expected"
            + " http://HOST:PORT, without a password");
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    // The request fails with its own message.
  }
}
