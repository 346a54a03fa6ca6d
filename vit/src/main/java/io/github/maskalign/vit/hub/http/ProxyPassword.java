package io.github.maskalign.vit.hub.http;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What proxies want to know. */
@FunctionalInterface
interface ProxyPassword {

  /**
   * Java sends no password to the proxy of an encrypted connection unless this property is empty.
   */
  String DISABLED = "jdk.http.auth.tunneling.disabledSchemes";

  /** The value of the header Proxy-Authorization for requests to an address; null for none. */
  @Nullable String authorization(URI address);

  /** What to do when a proxy refuses a request to an address. */
  default String advice(URI address) {
    if (authorization(address) == null) {
      return "the proxy wants a password: set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT";
    }
    boolean tunnel = "https".equalsIgnoreCase(address.getScheme());
    String disabled = System.getProperty(DISABLED, "Basic").toLowerCase(Locale.ROOT);
    return tunnel && disabled.contains("basic")
        ? "start Java with -D" + DISABLED + "= so that it sends the password to the proxy"
        : "the proxy rejects the user or password of HTTPS_PROXY";
  }
}
