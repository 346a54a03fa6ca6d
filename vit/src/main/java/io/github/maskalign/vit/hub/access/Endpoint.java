package io.github.maskalign.vit.hub.access;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * The address of a Hub.
 *
 * @since 0.1.0
 */
public record Endpoint(URI uri) {

  /** The public Hub. */
  public static final Endpoint PUBLIC = of("https://huggingface.co");

  /** Other names of the public Hub. */
  private static final Set<String> PUBLIC_HOSTS = Set.of("huggingface.co", "hf.co");

  /**
   * Checks the address.
   *
   * @throws ArgumentException if it is no address of HTTP, or has a user, a query or a fragment
   */
  public Endpoint {
    boolean web = "http".equalsIgnoreCase(uri.getScheme()) || isSecure(uri);
    boolean more = uri.getQuery() != null || uri.getUserInfo() != null || uri.getFragment() != null;
    if (!web || uri.getHost() == null || more) {
      throw invalid("with host and path alone");
    }
  }

  /**
   * The endpoint of an address, such as that in {@code HF_ENDPOINT}; slashes at its end are
   * dropped.
   *
   * @throws ArgumentException if it is no address of HTTP
   */
  public static Endpoint of(String address) {
    try {
      return new Endpoint(URI.create(address.strip().replaceFirst("/+$", "")));
    } catch (IllegalArgumentException e) {
      throw invalid("not '" + Printable.line(address) + "'");
    }
  }

  // Without the address, which may contain a password.
  private static ArgumentException invalid(String problem) {
    return new ArgumentException(
        "the endpoint of the Hub must be an address such as https://huggingface.co, " + problem);
  }

  private static boolean isSecure(URI address) {
    return "https".equalsIgnoreCase(address.getScheme());
  }

  /** Whether an address belongs to this Hub, and so may receive the token. */
  public boolean contains(URI address) {
    return isSameOrigin(address) || isPublic(uri) && isPublic(address);
  }

  private boolean isSameOrigin(URI address) {
    return uri.getScheme().equalsIgnoreCase(address.getScheme())
        && uri.getHost().equalsIgnoreCase(address.getHost())
        && port(uri) == port(address);
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return isSecure(address) ? 443 : 80;
  }

  private static boolean isPublic(URI address) {
    return isSecure(address)
        && address.getHost() != null
        && port(address) == port(PUBLIC.uri)
        && PUBLIC_HOSTS.contains(address.getHost().toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
