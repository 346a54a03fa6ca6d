package io.github.maskalign.vit.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.name.RemotePath;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A Hub on loopback that behaves as the public one was observed to: its own server, and a server of
 * contents on another port, which verifies a signature and refuses tokens.
 */
final class LoopbackHub implements AutoCloseable {

  static final String TOKEN = "hf_test";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PAGE = 3;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  /** A request, as it arrived. */
  record Seen(
      boolean ofContents,
      String method,
      String target,
      @Nullable String authorization,
      @Nullable String range,
      @Nullable String encoding) {}

  /** Answers a request in place of the server. */
  @FunctionalInterface
  interface Fault {
    /** Whether this answered. */
    boolean answers(HttpExchange exchange, Seen seen) throws IOException;
  }

  /** Changes the headers of the answer to a metadata request. */
  @FunctionalInterface
  interface Headers {
    void change(RemoteContent content, Map<String, String> headers);
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer hub;
  private final HttpServer contents;
  private final Map<String, LoopbackRepository> repositories = new HashMap<>();
  private final Map<String, String> renamed = new HashMap<>();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private volatile Fault fault = (_, _) -> false;
  private volatile Headers headers = (_, _) -> {};
  private volatile String signature = "Signature=a%2Fb~c&Expires=1";

  LoopbackHub() throws IOException {
    hub = server(false);
    contents = server(true);
  }

  private HttpServer server(boolean ofContents) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> handle(exchange, ofContents));
    server.setExecutor(threads);
    server.start();
    return server;
  }

  Endpoint endpoint() {
    return Endpoint.of(address(hub));
  }

  private static String address(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The address of its contents, which is another origin. */
  String contentsAddress() {
    return address(contents);
  }

  LoopbackRepository repository(String name) {
    return repositories.computeIfAbsent(name, LoopbackRepository::new);
  }

  void rename(String old, String now) {
    renamed.put(old, now);
  }

  void setFault(Fault now) {
    fault = now;
  }

  void setHeaders(Headers now) {
    headers = now;
  }

  /** Addresses of contents that were given out until now no longer work. */
  void expire() {
    signature = "Signature=later&Expires=2";
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  void forget() {
    seen.clear();
  }

  private void handle(HttpExchange exchange, boolean ofContents) {
    Seen now =
        new Seen(
            ofContents,
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            exchange.getRequestHeaders().getFirst("Range"),
            exchange.getRequestHeaders().getFirst("Accept-Encoding"));
    seen.add(now);
    try (exchange) {
      if (fault.answers(exchange, now)) {
        return;
      }
      if (ofContents) {
        content(exchange, now);
      } else {
        hub(exchange, now);
      }
    } catch (IOException e) {
      // The client went away.
    } catch (RuntimeException e) {
      throw new IllegalStateException(now.toString(), e);
    }
  }

  private void hub(HttpExchange exchange, Seen now) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    for (Map.Entry<String, String> each : renamed.entrySet()) {
      for (String before : List.of("/", "/api/models/")) {
        if (path.startsWith(before + each.getKey() + "/")) {
          String target =
              before + each.getValue() + path.substring((before + each.getKey()).length());
          String query = exchange.getRequestURI().getRawQuery();
          answer(
              exchange, 307, Map.of("Location", target + (query == null ? "" : "?" + query)), "");
          return;
        }
      }
    }
    if (path.startsWith("/api/resolve-cache/models/")) {
      cached(exchange, now, path.substring("/api/resolve-cache/models/".length()));
      return;
    }
    boolean api = path.startsWith("/api/models/");
    String rest = path.substring(api ? "/api/models/".length() : 1);
    LoopbackRepository repository =
        repositories.values().stream()
            .filter(it -> rest.startsWith(it.name() + "/"))
            .findFirst()
            .orElse(null);
    boolean allowed = ("Bearer " + TOKEN).equals(now.authorization());
    if (now.authorization() != null && !allowed) {
      refuse(exchange, UNAUTHORIZED, null, "Invalid credentials in Authorization header");
    } else if (repository == null || repository.isPrivate() && !allowed) {
      refuse(
          exchange,
          allowed ? NOT_FOUND : UNAUTHORIZED,
          "RepoNotFound",
          allowed ? "Repository not found" : "Invalid username or password.");
    } else if (api) {
      api(exchange, repository, rest.substring(repository.name().length() + 1));
    } else if (repository.isGated() && !allowed) {
      refuse(exchange, UNAUTHORIZED, "GatedRepo", "Access to the model is restricted.");
    } else {
      resolve(exchange, repository, rest.substring(repository.name().length() + 1));
    }
  }

  private void api(HttpExchange exchange, LoopbackRepository repository, String rest)
      throws IOException {
    String[] parts = rest.split("/");
    LoopbackRepository.Commit commit = repository.find(decoded(parts[1]));
    if (commit == null) {
      refuse(exchange, NOT_FOUND, "RevisionNotFound", "Invalid rev id: " + parts[1]);
    } else if (parts[0].equals("revision")) {
      ObjectNode info =
          JSON.createObjectNode().put("id", repository.name()).put("sha", commit.id());
      ArrayNode siblings = info.putArray("siblings");
      commit.files().keySet().forEach(name -> siblings.addObject().put("rfilename", name));
      answer(exchange, 200, Map.of("Content-Type", "application/json"), info.toString());
    } else {
      tree(exchange, commit);
    }
  }

  private void tree(HttpExchange exchange, LoopbackRepository.Commit commit) throws IOException {
    String query = exchange.getRequestURI().getRawQuery();
    int from = query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
    List<String> names = new ArrayList<>(commit.files().keySet());
    ArrayNode page = JSON.createArrayNode();
    page.addObject().put("type", "directory").put("path", "folder").put("size", 0).put("oid", "0");
    for (String name : names.subList(from, Math.min(names.size(), from + PAGE))) {
      RemoteContent content = commit.files().get(name);
      ObjectNode entry = page.addObject().put("type", "file").put("path", name);
      entry.put("size", content.bytes().length).put("oid", content.gitDigest());
      if (content.isLarge()) {
        entry
            .putObject("lfs")
            .put("oid", content.digest())
            .put("size", content.bytes().length)
            .put("pointerSize", 134);
      }
    }
    Map<String, String> all = new HashMap<>(Map.of("Content-Type", "application/json"));
    if (from + PAGE < names.size()) {
      String next =
          exchange.getRequestURI().getRawPath() + "?recursive=true&cursor=" + (from + PAGE);
      String host = exchange.getRequestHeaders().getFirst("Host");
      all.put("Link", "<http://" + host + next + ">; rel=\"next\"");
    }
    answer(exchange, 200, all, page.toString());
  }

  private void resolve(HttpExchange exchange, LoopbackRepository repository, String rest)
      throws IOException {
    String[] parts = rest.split("/", 3);
    LoopbackRepository.Commit commit = repository.find(decoded(parts[1]));
    String name = decoded(parts[2]);
    RemoteContent content = commit == null ? null : commit.files().get(name);
    if (commit == null) {
      refuse(exchange, NOT_FOUND, "RevisionNotFound", "Invalid rev id");
    } else if (content == null) {
      exchange.getResponseHeaders().set("X-Repo-Commit", commit.id());
      refuse(exchange, NOT_FOUND, "EntryNotFound", "Entry not found");
    } else if (content.isLarge()) {
      Map<String, String> all = metadata(commit, content);
      all.put("X-Linked-ETag", "\"" + content.digest() + "\"");
      all.put("X-Linked-Size", Integer.toString(content.bytes().length));
      all.put("ETag", "\"of-the-pointer\"");
      all.put("Location", contentsAddress() + "/" + content.digest() + "?" + signature);
      headers.change(content, all);
      answer(exchange, 302, all, "Found. Redirecting");
    } else {
      Map<String, String> all = metadata(commit, content);
      all.put(
          "Location",
          "/api/resolve-cache/models/%s/%s/%s?etag=%%22%s%%22"
              .formatted(
                  repository.name(),
                  commit.id(),
                  new RemotePath(name).encoded(),
                  content.digest()));
      answer(exchange, 307, all, "Temporary Redirect");
    }
  }

  private static Map<String, String> metadata(
      LoopbackRepository.Commit commit, RemoteContent content) {
    Map<String, String> all = new HashMap<>();
    all.put("X-Repo-Commit", commit.id());
    all.put("ETag", "\"" + content.digest() + "\"");
    return all;
  }

  private void cached(HttpExchange exchange, Seen now, String rest) throws IOException {
    LoopbackRepository repository =
        repositories.values().stream()
            .filter(it -> rest.startsWith(it.name() + "/"))
            .findFirst()
            .orElseThrow();
    String[] parts = rest.substring(repository.name().length() + 1).split("/", 2);
    LoopbackRepository.Commit commit = repository.find(parts[0]);
    RemoteContent content = commit.files().get(decoded(parts[1]));
    Map<String, String> all = metadata(commit, content);
    headers.change(content, all);
    send(exchange, now, content, all);
  }

  private void content(HttpExchange exchange, Seen now) throws IOException {
    if (now.authorization() != null) {
      refuse(exchange, 400, null, "Only one auth mechanism allowed");
    } else if (!signature.equals(exchange.getRequestURI().getRawQuery())) {
      refuse(exchange, FORBIDDEN, null, "Request has expired");
    } else {
      String digest = exchange.getRequestURI().getRawPath().substring(1);
      RemoteContent content =
          repositories.values().stream()
              .flatMap(LoopbackRepository::contents)
              .filter(it -> it.digest().equals(digest))
              .findFirst()
              .orElseThrow();
      send(exchange, now, content, new HashMap<>(Map.of("ETag", "\"another-1\"")));
    }
  }

  private static void send(
      HttpExchange exchange, Seen now, RemoteContent content, Map<String, String> all)
      throws IOException {
    byte[] bytes = content.bytes();
    int from = 0;
    int status = 200;
    if (now.range() != null) {
      from = Integer.parseInt(now.range().replaceAll("bytes=(\\d+)-", "$1"));
      status = 206;
      all.put("Content-Range", "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
    }
    all.forEach(exchange.getResponseHeaders()::set);
    boolean head = now.method().equals("HEAD");
    if (head) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length - from));
    }
    exchange.sendResponseHeaders(status, head || bytes.length == from ? -1 : bytes.length - from);
    if (!head) {
      exchange.getResponseBody().write(bytes, from, bytes.length - from);
    }
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }

  private static void refuse(
      HttpExchange exchange, int status, @Nullable String code, String message) throws IOException {
    Map<String, String> all = new HashMap<>(Map.of("X-Error-Message", message));
    if (code != null) {
      all.put("X-Error-Code", code);
    }
    answer(exchange, status, all, "{\"error\": \"" + message + "\"}");
  }

  /** Sends a small answer, without its body to a HEAD. */
  static void answer(HttpExchange exchange, int status, Map<String, String> headers, String body)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    byte[] bytes = body.getBytes(UTF_8);
    boolean none = exchange.getRequestMethod().equals("HEAD") || bytes.length == 0;
    exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
    if (!none) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    hub.stop(0);
    contents.stop(0);
    threads.shutdownNow();
  }
}
