package examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.search.VectorIndex;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Image search over HTTP: {@code POST /api/search} takes an encoded image and returns JSON, {@code
 * GET /} is a page with a form for {@code POST /search}, and {@code GET /picture/7} returns a
 * thumbnail of a row of the index. No part of a URL is used as a file path.
 */
final class SearchService implements AutoCloseable {

  static final int MAX_BYTES = 16 << 20;

  private static final int MAX_PIXELS = 20_000_000;
  private static final int MATCHES = 12;
  private static final int MAX_UPLOADS = 8;
  private static final int BUSY_SECONDS = 10;
  private static final int STOP_SECONDS = 5;
  private static final String HTML = "text/html; charset=utf-8";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Embedder embedder;
  private final VectorIndex index;
  private final Dataset pictures;
  private final Map<String, Integer> samples = new HashMap<>();
  private final PictureDecoder decoder =
      PictureDecoder.open(PictureDecoder.Options.defaults().withMaxPixels(MAX_PIXELS));

  /** Bounds the memory of concurrent uploads. */
  private final Semaphore uploads = new Semaphore(MAX_UPLOADS);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private SearchService(
      InetSocketAddress address, Embedder embedder, VectorIndex index, Dataset pictures)
      throws IOException {
    this.embedder = embedder;
    this.index = index;
    this.pictures = pictures;
    for (int i = 0; i < pictures.size(); i++) {
      samples.put(pictures.name(i), i);
    }
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    handle("/", "GET", this::page);
    handle("/search", "POST", this::searchPage);
    handle("/api/search", "POST", this::searchJson);
    handle("/picture/", "GET", this::picture);
  }

  /** Starts serving; the index and embedder must stay open until it is closed. */
  static SearchService start(
      InetSocketAddress address, Embedder embedder, VectorIndex index, Dataset pictures)
      throws IOException {
    SearchService service = new SearchService(address, embedder, index, pictures);
    service.server.start();
    return service;
  }

  URI uri() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://%s:%d/".formatted(address.getHostString(), address.getPort()));
  }

  private Answer page(HttpExchange exchange) {
    requirePath(exchange, "/");
    return html(200, SearchPage.form(index.size()));
  }

  private Answer searchPage(HttpExchange exchange) throws IOException {
    requirePath(exchange, "/search");
    byte[] file =
        FormFile.of(body(exchange), exchange.getRequestHeaders().getFirst("Content-Type"));
    Picture query = decode(file);
    var matches = index.search(embedder.embed(query), MATCHES);
    return html(200, SearchPage.results(index.size(), Thumbnail.png(query), matches));
  }

  private Answer searchJson(HttpExchange exchange) throws IOException {
    requirePath(exchange, "/api/search");
    var matches = index.search(embedder.embed(decode(body(exchange))), MATCHES);
    return new Answer(200, "application/json", JSON.writeValueAsBytes(matches));
  }

  private Answer picture(HttpExchange exchange) throws IOException {
    String row = exchange.getRequestURI().getPath().substring("/picture/".length());
    if (!row.matches("[0-9]{1,9}") || Integer.parseInt(row) >= index.size()) {
      throw new Refusal(404, "There is no such image.");
    }
    Integer sample = samples.get(index.name(Integer.parseInt(row)));
    if (sample == null) {
      throw new Refusal(
          404, "This image is in the index but not in the folder; create the index again.");
    }
    return new Answer(200, "image/png", Thumbnail.png(pictures.picture(sample)));
  }

  private Picture decode(byte[] file) {
    if (file.length == 0) {
      throw new Refusal(400, "The request has no image.");
    }
    try {
      return decoder.decode(file, "the image");
    } catch (DamagedPictureException e) {
      throw new Refusal(400, "The image " + e.reason() + ".");
    } catch (OutOfMemoryException e) {
      throw new Refusal(413, "The image is too large for the memory of this server.");
    }
  }

  private static byte[] body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
    if (body.length > MAX_BYTES) {
      throw new Refusal(413, "Images must not exceed %d MB.".formatted(MAX_BYTES >> 20));
    }
    return body;
  }

  private static void requirePath(HttpExchange exchange, String path) {
    if (!exchange.getRequestURI().getPath().equals(path)) {
      throw new Refusal(404, "There is no such page.");
    }
  }

  private Answer html(int status, String page) {
    return new Answer(status, HTML, page.getBytes(StandardCharsets.UTF_8));
  }

  private record Answer(int status, String type, byte[] body) {}

  private interface Handler {
    Answer answer(HttpExchange exchange) throws IOException;
  }

  private void handle(String path, String method, Handler handler) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            send(exchange, answer(exchange, method, handler));
          }
        });
  }

  private Answer answer(HttpExchange exchange, String method, Handler handler) {
    try {
      if (!exchange.getRequestMethod().equals(method)) {
        throw new Refusal(405, "Only " + method + " is supported.");
      }
      if (!method.equals("POST")) {
        return handler.answer(exchange);
      }
      if (!uploads.tryAcquire(BUSY_SECONDS, TimeUnit.SECONDS)) {
        throw new Refusal(503, "Too many concurrent requests; try again.");
      }
      try {
        return handler.answer(exchange);
      } finally {
        uploads.release();
      }
    } catch (Refusal e) {
      return html(e.status(), SearchPage.refusal(e.getMessage()));
    } catch (IOException | InterruptedException | RuntimeException e) {
      System.err.println("maskalign: " + exchange.getRequestURI() + ": " + e);
      return html(500, SearchPage.refusal("Internal error; see the server's log."));
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    // Closing while the client still sends would show it a broken connection instead.
    exchange.getRequestBody().readNBytes(MAX_BYTES);
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", answer.type());
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set(
        "Content-Security-Policy",
        "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'self'");
    exchange.sendResponseHeaders(answer.status(), answer.body().length);
    exchange.getResponseBody().write(answer.body());
  }

  /** Rejects new requests and waits a few seconds for open ones. */
  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.close();
  }
}
