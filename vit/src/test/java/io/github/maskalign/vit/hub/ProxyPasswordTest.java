package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.testing.NewJvm;
import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Proxies that require a password, for plain connections and for encrypted ones. */
class ProxyPasswordTest extends HubTestBase {

  /** Of the user {@code me} with the password {@code a@b}. */
  private static final String EXPECTED = "Basic bWU6YUBi";

  private final Set<String> refused = new ConcurrentSkipListSet<>();

  /** The Hub itself is the proxy; its contents are reached directly, on 127.0.0.1. */
  private void proxy(String password) {
    String proxy = it.hub.endpoint().toString().replace("http://", "http://" + password);
    it.hub.setFault(
        (exchange, seen) -> {
          String sent = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
          String expected = seen.ofContents() ? null : EXPECTED;
          if (String.valueOf(sent).equals(String.valueOf(expected))) {
            return false;
          }
          refused.add(sent + " for " + seen.target());
          LoopbackHub.answer(exchange, 407, Map.of(), "");
          return true;
        });
    it.options =
        it.options
            .withEndpoint(Endpoint.of("http://hub.invalid"))
            .withProxies(
                EnvironmentProxies.of(Map.of("HTTP_PROXY", proxy, "NO_PROXY", "127.0.0.1")));
  }

  @Test
  void theProxyAloneGetsThePassword() {
    proxy("me:a%40b@");
    it.fetch();
    assertEquals(Set.of(), refused);
  }

  @Test
  void theErrorSaysWhereThePasswordGoes() {
    proxy("");
    String missing = assertThrows(HubException.class, it::fetch).getMessage();
    assertTrue(missing.contains("HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"), missing);
    proxy("me:wrong@");
    String wrong = assertThrows(HubException.class, it::fetch).getMessage();
    assertTrue(wrong.contains("rejects the user or password"), wrong);
    assertFalse(wrong.contains("wrong"), wrong);
  }

  /** Java reads its property once, so each case needs a new process. */
  @Test
  void aTunnelNeedsAPropertyOfJava() throws Exception {
    try (Tunnel tunnel = new Tunnel()) {
      String property = "-D" + EnvironmentProxies.DISABLED_SCHEMES + "=";
      String with = fetchThrough(tunnel, List.of(property));
      assertTrue(with.contains("rejects the user or password"), with);
      assertTrue(tunnel.requests.removeIf(line -> line.equals("Proxy-Authorization: " + EXPECTED)));
      String without = fetchThrough(tunnel, List.of());
      assertTrue(without.contains("start Java with " + property), without);
      assertFalse(tunnel.requests.toString().contains("Proxy-Authorization"));
      assertTrue(tunnel.requests.contains("CONNECT hub.invalid:443 HTTP/1.1"));
    }
  }

  private String fetchThrough(Tunnel tunnel, List<String> options)
      throws IOException, InterruptedException {
    String proxy = "http://me:a%40b@127.0.0.1:" + tunnel.socket.getLocalPort();
    return String.join(" ", NewJvm.linesWith(folder, options, Fetch.class, proxy, folder));
  }

  /** Prints why a model cannot be fetched through a proxy. */
  static final class Fetch {
    private Fetch() {}

    static void main(String[] args) {
      HubOptions options =
          HubEnvironment.read(Map.of("HTTPS_PROXY", args[0]), Path.of(args[1]))
              .withEndpoint(Endpoint.of("https://hub.invalid"));
      try {
        Hub.of(options)
            .fetch(ModelReference.ofName(HubFixture.NAME), ModelPart.NETWORK, FetchListener.NONE);
      } catch (HubException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** Refuses to open tunnels, and keeps what it was asked. */
  private static final class Tunnel implements AutoCloseable {
    private final ServerSocket socket = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
    private final List<String> requests = new CopyOnWriteArrayList<>();

    Tunnel() throws IOException {
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      try {
        while (!socket.isClosed()) {
          try (Socket client = socket.accept()) {
            answer(client);
          }
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }

    private void answer(Socket client) throws IOException {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      List<String> lines = new ArrayList<>();
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        lines.add(line);
      }
      requests.addAll(lines);
      String refusal =
          "HTTP/1.1 407 Proxy Authentication Required\r\n"
              + "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
      client.getOutputStream().write(refusal.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
