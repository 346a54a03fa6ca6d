package examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.embed.Embedder;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.search.VectorIndex.Match;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Image search over HTTP: {@code POST /api/search} takes an encoded image and returns JSON, {@code
 * GET /} is a page with a form for {@code POST /search}, and {@code GET /picture/7} returns a
 * thumbnail of a row of the index. No part of a URL is used as a file path, and no path of this
 * machine is part of an answer.
 */
final class SearchService implements AutoCloseable {

  private static final int MAX_PIXELS = 20_000_000;
  private static final int MATCHES = 12;
  private static final int MAX_SEARCHES = 8;
  private static final int STOP_SECONDS = 5;

  /** Memory for decoding the largest image: its pixels as decoded, and as floats while resized. */
  private static final long SEARCH_BYTES = 8L * MAX_PIXELS;

  private static final String PICTURE = "/picture/";

  /** The JDK's server has limits only as system properties, read when its class is loaded. */
  private static final Map<String, String> LIMITS =
      Map.of(
          "jdk.httpserver.maxConnections", "1000",
          "sun.net.httpserver.maxReqHeaderSize", "16384",
          "sun.net.httpserver.maxReqTime", "90",
          "sun.net.httpserver.maxRspTime", "90");

  private final Embedder embedder;
  private final VectorIndex index;
  private final Dataset pictures;
  private final Map<String, Integer> samples = new HashMap<>();
  private final PictureDecoder decoder;

  /** Bounds the memory of images being decoded: half of the heap. */
  private final Semaphore decoding =
      new Semaphore(
          (int) Math.clamp(Runtime.getRuntime().maxMemory() / 2 / SEARCH_BYTES, 1, MAX_SEARCHES));

  /** Bounds the memory of bodies: an eighth of the heap, or twice that while they are copied. */
  private final Semaphore room = RequestBody.room(Runtime.getRuntime().maxMemory() / 8);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private SearchService(
      InetSocketAddress address,
      Embedder embedder,
      VectorIndex index,
      Dataset pictures,
      PictureDecoder decoder)
      throws IOException {
    this.decoder = decoder;
    this.embedder = embedder;
    this.index = index;
    this.pictures = pictures;
    for (int i = 0; i < pictures.size(); i++) {
      samples.put(pictures.name(i), i);
    }
    LIMITS.forEach((limit, value) -> System.getProperties().putIfAbsent(limit, value));
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  /** A decoder with the limit of this service, for the images that it shows. */
  static PictureDecoder decoder() {
    return PictureDecoder.open(PictureDecoder.Options.defaults().withMaxPixels(MAX_PIXELS));
  }

  /**
   * Starts serving; the index and embedder must stay open until it is closed.
   *
   * @param pictures opened with the decoder
   * @param decoder from {@link #decoder}
   */
  static SearchService start(
      InetSocketAddress address,
      Embedder embedder,
      VectorIndex index,
      Dataset pictures,
      PictureDecoder decoder)
      throws IOException {
    SearchService service = new SearchService(address, embedder, index, pictures, decoder);
    service.server.start();
    return service;
  }

  URI uri() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://%s:%d/".formatted(address.getHostString(), address.getPort()));
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
      return switch (path) {
        case "/" -> get(exchange, this::page);
        case "/search" -> post(exchange, body, file -> searchPage(exchange, file));
        case "/api/search" -> post(exchange, body, this::searchJson);
        case String picture when picture.startsWith(PICTURE) ->
            get(exchange, () -> bounded(() -> picture(picture.substring(PICTURE.length()))));
        default -> throw new Refusal(404, "There is no such page.");
      };
    } catch (Refusal e) {
      return refusal(path, e);
    } catch (OutOfMemoryError e) {
      return refusal(path, Refusal.busy());
    } catch (SocketException e) {
      throw e; // nobody waits for the answer
    } catch (IOException | RuntimeException e) {
      System.err.println("maskalign: " + path + ": " + e);
      return refusal(path, new Refusal(500, "Internal error; see the server's log."));
    }
  }

  private static Answer refusal(String path, Refusal refusal) throws IOException {
    return path.startsWith("/api/")
        ? Answer.json(refusal.status(), Map.of("error", refusal.getMessage()))
        : Answer.html(refusal.status(), SearchPage.refusal(refusal.getMessage()));
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

  private Answer page() {
    return Answer.html(200, SearchPage.form(index.size()));
  }

  private Answer searchPage(HttpExchange exchange, byte[] body) throws IOException {
    Picture query =
        decode(FormFile.of(body, exchange.getRequestHeaders().getFirst("Content-Type")));
    byte[] thumbnail = Thumbnail.png(query);
    return Answer.html(200, SearchPage.results(index.size(), thumbnail, search(query)));
  }

  private Answer searchJson(byte[] body) throws IOException {
    return Answer.json(200, search(decode(body)));
  }

  /** The nearest rows; an absolute name is shortened to the image's folder and file. */
  private List<Match> search(Picture query) {
    return index.search(embedder.embed(query), MATCHES).stream()
        .map(match -> new Match(match.row(), shown(match.name()), match.score()))
        .toList();
  }

  private static String shown(String name) {
    if (!name.matches("(?s)[/\\\\].*|[A-Za-z]:.*")) {
      return name;
    }
    int file = Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
    int folder = Math.max(name.lastIndexOf('/', file - 1), name.lastIndexOf('\\', file - 1));
    return name.substring(folder + 1);
  }

  private Answer picture(String row) throws IOException {
    if (!row.matches("[0-9]{1,9}") || Integer.parseInt(row) >= index.size()) {
      throw new Refusal(404, "There is no such image.");
    }
    Integer sample = samples.get(index.name(Integer.parseInt(row)));
    if (sample == null) {
      throw new Refusal(
          404, "This image is in the index but not in the folder; create the index again.");
    }
    try {
      return new Answer(200, "image/png", Thumbnail.png(pictures.picture(sample)));
    } catch (DamagedPictureException e) {
      throw new Refusal(404, "This image " + e.reason() + ".");
    } catch (OutOfMemoryException e) {
      throw new Refusal(404, "This image is too large for the memory of this server.");
    }
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

  /** Rejects new requests and waits a few seconds for open ones. */
  @Override
  public void close() {
    server.stop(STOP_SECONDS);
    threads.close();
  }
}
