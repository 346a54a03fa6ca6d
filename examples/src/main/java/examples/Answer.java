package examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The answer to a request.
 *
 * @param status of HTTP
 * @param type of the content
 */
record Answer(int status, String type, byte[] body) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Answer html(int status, String page) {
    return new Answer(status, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
  }

  static Answer json(int status, Object value) throws IOException {
    return new Answer(status, "application/json", JSON.writeValueAsBytes(value));
  }

  void send(HttpExchange exchange) throws IOException {
    setHeaders(exchange.getResponseHeaders());
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.getResponseBody().flush();
  }

  /** Sends what a HEAD request asks for, all but the body. */
  void sendHead(HttpExchange exchange) throws IOException {
    setHeaders(exchange.getResponseHeaders());
    exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
    exchange.sendResponseHeaders(status, -1);
  }

  private void setHeaders(Headers headers) {
    headers.set("Content-Type", type);
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self';"
            + " form-action 'self'; frame-ancestors 'none'; base-uri 'none'");
    if (status == 503) {
      headers.set("Retry-After", Integer.toString(Refusal.BUSY_SECONDS));
    }
    if (status == 408 || status == 413) {
      headers.set("Connection", "close");
    }
  }
}
