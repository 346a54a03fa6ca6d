package io.github.maskalign.vit.hub.access;

import io.github.maskalign.tensor.error.ArgumentException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

  /**
   * System property that must be empty when Java's client is first used; otherwise Java sends no
   * password to the proxy of an encrypted connection.
   */
  public static final String DISABLED_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

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
    String proxy = stated(address);
    if (proxy == null) {
      return otherwise == null ? List.of(Proxy.NO_PROXY) : otherwise.select(address);
    }
    if (isExcluded(address.getHost())) {
      return List.of(Proxy.NO_PROXY);
    }
    URI uri = parse(proxy);
    int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port)));
  }

  /**
   * The value of the header Proxy-Authorization for requests to an address; null if there is no
   * proxy, or it needs no password.
   */
  public @Nullable String authorization(URI address) {
    String proxy = stated(address);
    if (proxy == null || isExcluded(address.getHost())) {
      return null;
    }
    String user = parse(proxy).getUserInfo();
    return user == null
        ? null
        : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
  }

  private @Nullable String stated(URI address) {
    String proxy =
        variable("https".equalsIgnoreCase(address.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY");
    return proxy == null ? variable("ALL_PROXY") : proxy;
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

  private static URI parse(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null && uri.getScheme().equalsIgnoreCase("http")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Refused below, without the text, which may contain a password.
    }
    throw new ArgumentException(
        "the proxy in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY is not supported; expected"
            + " http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with % codes for characters that"
            + " an address cannot contain");
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
    // The request fails with its own message.
  }
}
