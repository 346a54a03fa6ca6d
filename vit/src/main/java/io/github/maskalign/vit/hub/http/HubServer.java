package io.github.maskalign.vit.hub.http;

import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import io.github.maskalign.vit.hub.access.Timeouts;
import io.github.maskalign.vit.hub.access.Token;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Connections to a Hub.
 *
 * @since 0.1.0
 */
public final class HubServer implements AutoCloseable {

  private final Connection connection;

  /**
   * Connects to nothing yet.
   *
   * @param proxies those of the environment may have a password
   */
  public HubServer(
      Endpoint endpoint, @Nullable Token token, Timeouts timeouts, ProxySelector proxies) {
    HttpClient client =
        HttpClient.newBuilder()
            // Some versions of Java would send the token on to other servers.
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeouts.answer())
            .proxy(proxies)
            .build();
    ProxyPassword password =
        proxies instanceof EnvironmentProxies known ? known::authorization : _ -> null;
    connection = new Connection(client, endpoint, token, timeouts, password);
  }

  /**
   * Asks about one model.
   *
   * @param retries whether to repeat requests that fail; those of contents are repeated anyway
   */
  public HubClient client(ModelReference model, RetryPolicy policy, boolean retries) {
    return new HubClient(connection, model, policy, retries);
  }

  /** Closes the connections. */
  @Override
  public void close() {
    connection.client().shutdownNow();
    connection.client().close();
  }
}
