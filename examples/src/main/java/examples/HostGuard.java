package examples;

import com.sun.net.httpserver.HttpExchange;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses requests for another host while the server listens on this machine only. A foreign page
 * can give its own name the address 127.0.0.1 and would then be allowed to read what is served here
 * (DNS rebinding), but the browser still sends that name.
 */
final class HostGuard {

  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+]");

  private final boolean local;
  private final Set<String> names;

  HostGuard(InetSocketAddress address) {
    local = address.getAddress() != null && address.getAddress().isLoopbackAddress();
    names = Set.of("localhost", address.getHostString().toLowerCase(Locale.ROOT));
  }

  /** Throws if the request names another host. */
  void check(HttpExchange exchange) {
    String host = exchange.getRequestHeaders().getFirst("Host");
    if (local && host != null && !isOurs(host.toLowerCase(Locale.ROOT))) {
      throw new Refusal(
          421, "This server is for this machine only; open it as localhost, or set --host.");
    }
  }

  private boolean isOurs(String host) {
    String name = host.replaceFirst(":[0-9]*$", "");
    return names.contains(name) || NUMERIC.matcher(name).matches();
  }
}
