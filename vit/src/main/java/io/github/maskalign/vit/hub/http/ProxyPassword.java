package io.github.maskalign.vit.hub.http;

import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The credentials for proxies. */
@FunctionalInterface
interface ProxyPassword {

  /** The value of the header Proxy-Authorization for requests to an address; null for none. */
  @Nullable String authorization(URI address);

  /** What to do when a proxy refuses a request to an address. */
  default String advice(URI address) {
    if (authorization(address) == null) {
      return "the proxy requires a password: set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
    }
    boolean tunnel = "https".equalsIgnoreCase(address.getScheme());
    String disabled =
        System.getProperty(EnvironmentProxies.DISABLED_SCHEMES, "Basic").toLowerCase(Locale.ROOT);
    return tunnel && disabled.contains("basic")
        ? "start Java with -D%s= so that it sends the password to the proxy"
            .formatted(EnvironmentProxies.DISABLED_SCHEMES)
        : "the proxy rejects the user or password of HTTPS_PROXY";
  }
}
