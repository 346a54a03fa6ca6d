package io.github.maskalign.vit.hub.http;

import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.Timeouts;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests, and follows redirects by itself: the token goes to the Hub and nowhere
 * else, whatever a redirect says.
 *
 * @param client that follows no redirects
 * @param endpoint the Hub
 * @param token of an account; null to send none
 * @param timeouts of every request
 * @param password of proxies
 */
record Connection(
    HttpClient client,
    Endpoint endpoint,
    @Nullable Token token,
    Timeouts timeouts,
    ProxyPassword password) {

  private static final int MAX_REDIRECTS = 20;
  private static final int FIRST_REDIRECT = 300;
  private static final int FIRST_ERROR = 400;
  private static final int NOT_MODIFIED = 304;

  /** A response; its body is open. */
  record Answer(URI address, int status, HttpHeaders headers, TimedBody body)
      implements AutoCloseable {

    /** Such as {@code Location}, in any case; null if there is none. */
    @Nullable String header(String name) {
      return headers.firstValue(name).orElse(null);
    }

    boolean isRedirect() {
      return status >= FIRST_REDIRECT && status < FIRST_ERROR && status != NOT_MODIFIED;
    }

    /** The address that a redirect leads to; null if there is none to follow. */
    @Nullable URI target() {
      String location = header("Location");
      return location == null ? null : Addresses.redirect(address, location);
    }

    @Override
    public void close() {
      body.close();
    }
  }

  /** A response that no Hub gives. */
  static final class NoHubException extends IOException {
    private static final long serialVersionUID = 1;

    NoHubException(String message) {
      super(message);
    }
  }

  /**
   * Sends a request to the Hub, and follows redirects that stay there.
   *
   * @return the first response that is none of those, which may lead to another server
   * @throws IOException if there is no response, or a redirect leads nowhere
   */
  Answer toHub(String method, URI address) throws IOException {
    return follow(method, address, Map.of(), timeouts.answer(), false);
  }

  /**
   * Requests content, wherever redirects lead.
   *
   * @throws IOException if there is no response, or a redirect leads nowhere
   */
  Answer content(URI address, Map<String, String> headers) throws IOException {
    return follow("GET", address, headers, timeouts.silence(), true);
  }

  private Answer follow(
      String method, URI address, Map<String, String> headers, Duration limit, boolean anywhere)
      throws IOException {
    URI at = address;
    boolean onHub = true;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      // Once another server was asked, it decides where to go, so the token stays behind.
      onHub &= endpoint.contains(at);
      Answer answer = send(method, at, headers, limit, onHub);
      if (!answer.isRedirect()) {
        return answer;
      }
      URI target = answer.target();
      if (target == null) {
        answer.close();
        throw new NoHubException(
            "a redirect (status %d) from %s leads nowhere"
                .formatted(answer.status, Addresses.shown(at)));
      }
      if (!anywhere && !endpoint.contains(target)) {
        return answer;
      }
      answer.close();
      at = target;
    }
    throw new NoHubException(
        "more than %d redirects from %s".formatted(MAX_REDIRECTS, Addresses.shown(address)));
  }

  private Answer send(
      String method, URI address, Map<String, String> headers, Duration limit, boolean withToken)
      throws IOException {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("User-Agent", "maskalign");
    all.put("Accept", "*/*");
    all.put("Accept-Encoding", "identity");
    if (token != null && withToken) {
      all.put("Authorization", token.authorization());
    }
    String proxy = password.authorization(address);
    if (proxy != null) {
      // Java's client shows it to the proxy only.
      all.put("Proxy-Authorization", proxy);
    }
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(address).method(method, BodyPublishers.noBody());
    } catch (IllegalArgumentException e) {
      throw new NoHubException("no request can be sent to " + Addresses.shown(address));
    }
    all.forEach(request::header);
    // Not the client's own limit, which newer versions of Java apply to the body, too.
    CompletableFuture<HttpResponse<TimedBody>> sent =
        client.sendAsync(request.build(), _ -> new TimedBody(timeouts.silence()));
    HttpResponse<TimedBody> response = await(sent, limit);
    return new Answer(address, response.statusCode(), response.headers(), response.body());
  }

  private static <T> T await(CompletableFuture<T> sent, Duration limit) throws IOException {
    try {
      return sent.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw new HttpTimeoutException("no response within %d s".formatted(limit.toSeconds()));
    } catch (InterruptedException e) {
      sent.cancel(true);
      throw new ThreadInterruptedException("interrupted while waiting for the Hub", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof IOException failure
          ? failure
          : new IOException(cause.toString(), cause);
    }
  }
}
