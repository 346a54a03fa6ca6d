package examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.search.VectorIndex.Match;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Image search over HTTP. For programs, {@code POST /api/search} and {@code POST /api/classes} take
 * an encoded image, and {@code GET /api/words?q=} takes words; all return JSON. {@code GET /} is a
 * page with forms for {@code POST /search} and {@code GET /words}; {@code GET /like/7} searches for
 * a row of the index, and {@code GET /picture/7} returns its thumbnail. No part of a URL is used as
 * a file path, and no path of this machine is part of an answer.
 */
final class SearchService implements AutoCloseable {

  private static final int MAX_PIXELS = 20_000_000;
  private static final int MAX_SEARCHES = 8;
  private static final int STOP_SECONDS = 5;

  /** Memory for decoding the largest image: its pixels as decoded, and as floats while resized. */
  private static final long SEARCH_BYTES = 8L * MAX_PIXELS;

  private static final String PICTURE = "/picture/";
  private static final String LIKE = "/like/";

  /** The JDK's server has limits only as system properties, read when its class is loaded. */
  private static final Map<String, String> LIMITS =
      Map.of(
          "jdk.httpserver.maxConnections", "1000",
          "sun.net.httpserver.maxReqHeaderSize", "16384",
          "sun.net.httpserver.maxReqTime", "90",
          "sun.net.httpserver.maxRspTime", "90");

  private final PictureSearch search;
  private final SearchPage pages;
  private final PictureDecoder decoder;
  private final HostGuard hosts;
  private final String host;

  /** Bounds the memory of images being decoded: half of the heap that the networks leave. */
  private final Semaphore decoding =
      new Semaphore((int) Math.clamp(free() / 2 / SEARCH_BYTES, 1, MAX_SEARCHES));

  /**
   * Bounds the memory of bodies: an eighth of that heap, or twice as much while they are copied.
   */
  private final Semaphore room = RequestBody.room(free() / 8);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private SearchService(InetSocketAddress address, PictureSearch search, PictureDecoder decoder)
      throws IOException {
    this.search = search;
    this.decoder = decoder;
    this.hosts = new HostGuard(address);
    this.host = address.getHostString();
    this.pages = new SearchPage(search.size(), search.hasWords());
    LIMITS.forEach((limit, value) -> System.getProperties().putIfAbsent(limit, value));
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  private static long free() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
  }

  /** A decoder with the limit of this service, for the images that it shows. */
  static PictureDecoder decoder() {
    return PictureDecoder.open(PictureDecoder.Options.defaults().withMaxPixels(MAX_PIXELS));
  }

  /**
   * Starts serving; the search must stay open until it is closed.
   *
   * @param decoder from {@link #decoder}
   */
  static SearchService start(
      InetSocketAddress address, PictureSearch search, PictureDecoder decoder) throws IOException {
    SearchService service = new SearchService(address, search, decoder);
    service.server.start();
    return service;
  }

  URI uri() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://%s:%d/".formatted(name, server.getAddress().getPort()));
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (RequestBody body = RequestBody.of(exchange, room, threads)) {
      Answer answer = answer(exchange, body);
      if (exchange.getRequestMethod().equals("HEAD")) {
        answer.sendHead(exchange);
        return;
      }
      answer.send(exchange);
      body.discard();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Answer answer(HttpExchange exchange, RequestBody body)
      throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    try {
      hosts.check(exchange);
      return switch (path) {
        case "/" -> get(exchange, () -> Answer.html(200, pages.form()));
        case "/search" -> post(exchange, body, file -> searchPage(exchange, file));
        case "/words" -> get(exchange, () -> bounded(() -> wordsPage(words(exchange))));
        case "/api/search" ->
            post(exchange, body, file -> Answer.json(200, search.nearest(decode(file))));
        case "/api/classes" -> post(exchange, body, this::classesJson);
        case "/api/words" ->
            get(exchange, () -> bounded(() -> Answer.json(200, search.nearest(words(exchange)))));
        case SearchPage.STYLE -> get(exchange, () -> resource("text/css", SearchPage.STYLE));
        case SearchPage.SCRIPT ->
            get(exchange, () -> resource("text/javascript", SearchPage.SCRIPT));
        case String row when row.startsWith(LIKE) ->
            get(exchange, () -> bounded(() -> like(row.substring(LIKE.length()))));
        case String row when row.startsWith(PICTURE) ->
            get(exchange, () -> bounded(() -> picture(row.substring(PICTURE.length()))));
        default -> throw new Refusal(404, "There is no such page.");
      };
    } catch (Refusal e) {
      return refusal(path, e);
    } catch (DamagedPictureException e) {
      return refusal(path, new Refusal(400, "The image " + e.reason() + "."));
    } catch (OutOfMemoryError | OutOfMemoryException e) {
      return refusal(path, Refusal.busy());
    } catch (SocketException e) {
      throw e; // nobody waits for the answer
    } catch (IOException | RuntimeException e) {
      System.err.println("maskalign: " + path + ": " + e);
      return refusal(path, new Refusal(500, "Internal error; see the server's log."));
    }
  }

  private Answer refusal(String path, Refusal refusal) throws IOException {
    return path.startsWith("/api/")
        ? Answer.json(refusal.status(), Map.of("error", refusal.getMessage()))
        : Answer.html(refusal.status(), pages.refusal(refusal.getMessage()));
  }

  private interface Page {
    Answer answer() throws IOException, InterruptedException;
  }

  private static Answer get(HttpExchange exchange, Page page)
      throws IOException, InterruptedException {
    requireMethod(exchange, List.of("GET", "HEAD"));
    return page.answer();
  }

  private Answer post(HttpExchange exchange, RequestBody body, RequestBody.Use<Answer> search)
      throws IOException, InterruptedException {
    requireMethod(exchange, List.of("POST"));
    return body.use(file -> bounded(() -> search.of(file)));
  }

  /** Decodes an image when there is room for it. */
  private Answer bounded(Page page) throws IOException, InterruptedException {
    if (!decoding.tryAcquire(Refusal.BUSY_SECONDS, TimeUnit.SECONDS)) {
      throw Refusal.busy();
    }
    try {
      return page.answer();
    } finally {
      decoding.release();
    }
  }

  private static void requireMethod(HttpExchange exchange, List<String> methods) {
    if (!methods.contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
      throw new Refusal(405, "Only " + String.join(" and ", methods) + " is supported.");
    }
  }

  private static Answer resource(String type, String path) {
    return new Answer(200, type + "; charset=utf-8", SearchPage.resource(path));
  }

  private Answer searchPage(HttpExchange exchange, byte[] body) throws IOException {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return seen("Your image", decode(FormFile.of(body, type)));
  }

  private Answer like(String row) throws IOException {
    return seen("Image " + row, search.picture(row));
  }

  private Answer seen(String name, Picture query) throws IOException {
    List<Match> nearest = search.nearest(query);
    String source = search.hasHead() ? "Predicted by the network." : "From the nearest images.";
    return Answer.html(
        200,
        pages.seen(
            name,
            Thumbnail.png(query),
            search.attention(query),
            search.classes(query, nearest),
            source,
            nearest));
  }

  private Answer wordsPage(String words) {
    return Answer.html(200, pages.described(words, search.nearest(words)));
  }

  private Answer classesJson(byte[] body) throws IOException {
    Picture query = decode(body);
    return Answer.json(200, search.classes(query, search.nearest(query)));
  }

  /** The parameter q of a request. */
  private static String words(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    for (String part : query == null ? new String[0] : query.split("&")) {
      if (part.startsWith("q=")) {
        String words = URLDecoder.decode(part.substring(2), StandardCharsets.UTF_8);
        if (!words.isBlank()) {
          return words;
        }
      }
    }
    throw new Refusal(400, "The request has no words, such as ?q=dog.");
  }

  private Answer picture(String row) throws IOException {
    return new Answer(200, "image/png", Thumbnail.png(search.picture(row)));
  }

  private Picture decode(byte[] file) {
    if (file.length == 0) {
      throw new Refusal(400, "The request has no image.");
    }
    try {
      return decoder.decode(file, DamagedPictureException.UNNAMED);
    } catch (OutOfMemoryException e) {
      throw new Refusal(413, "The image is too large for the memory of this server.");
    }
  }

  /** Rejects new requests and waits a few seconds for open ones. */
  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.close();
  }
}
