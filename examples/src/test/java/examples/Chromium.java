package examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One page in a headless Chromium, steered by its DevTools protocol. */
final class Chromium implements AutoCloseable {

  private static final int SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final WebSocket socket;
  private int last;

  private Chromium(Path program, Path profile) throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(program.toString(), "--user-data-dir=" + profile),
                        Stream.of(
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--disable-dev-shm-usage",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--remote-debugging-port=0",
                            "--window-size=1000,900"))
                    .toList())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      socket = connect(profile.resolve("DevToolsActivePort"));
    } catch (IOException | InterruptedException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** The program, where this system has it. */
  static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
        .flatMap(folder -> Stream.of(Path.of(folder, "chromium"), Path.of(folder, "google-chrome")))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Chromium start(Path program, Path profile) throws IOException, InterruptedException {
    return new Chromium(program, profile);
  }

  private WebSocket connect(Path portFile) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!Files.exists(portFile) || Files.readAllLines(portFile).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException("Chromium did not start");
      }
      Thread.sleep(50);
    }
    URI pages =
        URI.create("http://127.0.0.1:" + Files.readAllLines(portFile).getFirst() + "/json/new");
    HttpRequest open =
        HttpRequest.newBuilder(pages).PUT(HttpRequest.BodyPublishers.noBody()).build();
    String page = client.send(open, BodyHandlers.ofString()).body();
    URI address = URI.create(JSON.readTree(page).get("webSocketDebuggerUrl").asText());
    return client.newWebSocketBuilder().buildAsync(address, new Listener()).join();
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
      message.append(data);
      if (end) {
        received.add(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  /** Calls a method of the protocol; arguments are names and values by turns. */
  private JsonNode call(String method, Object... arguments)
      throws IOException, InterruptedException {
    ObjectNode request = JSON.createObjectNode().put("id", ++last).put("method", method);
    ObjectNode parameters = request.putObject("params");
    for (int i = 0; i < arguments.length; i += 2) {
      parameters.set((String) arguments[i], JSON.valueToTree(arguments[i + 1]));
    }
    socket.sendText(request.toString(), true).join();
    while (true) {
      String message = received.poll(SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new IllegalStateException(method + ": no answer");
      }
      JsonNode answer = JSON.readTree(message);
      if (answer.path("id").asInt() == last) {
        if (answer.has("error")) {
          throw new IllegalStateException(method + ": " + answer);
        }
        return answer.get("result");
      }
    }
  }

  void open(URI page) throws IOException, InterruptedException {
    call("Page.navigate", "url", page.toString());
  }

  /** Whether the picture is light or dark. */
  void prefer(String scheme) throws IOException, InterruptedException {
    var feature = java.util.Map.of("name", "prefers-color-scheme", "value", scheme);
    call("Emulation.setEmulatedMedia", "features", List.of(feature));
  }

  /** Chooses a file in the form's field, as a user would. */
  void choose(String selector, Path file) throws IOException, InterruptedException {
    int document = call("DOM.getDocument").at("/root/nodeId").asInt();
    int input =
        call("DOM.querySelector", "nodeId", document, "selector", selector).get("nodeId").asInt();
    call("DOM.setFileInputFiles", "nodeId", input, "files", List.of(file.toString()));
  }

  /** Shows the page on a screen of this size, as that of a phone. */
  void screen(int width, int height) throws IOException, InterruptedException {
    call(
        "Emulation.setDeviceMetricsOverride",
        "width",
        width,
        "height",
        height,
        "deviceScaleFactor",
        2,
        "mobile",
        true);
  }

  /** Presses a key, such as Tab. */
  void press(String key) throws IOException, InterruptedException {
    String text = key.equals("Enter") ? "\r" : "";
    int code = key.equals("Enter") ? 13 : 9;
    for (String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          "type",
          type,
          "key",
          key,
          "code",
          key,
          "windowsVirtualKeyCode",
          code,
          "text",
          type.equals("keyDown") ? text : "");
    }
  }

  JsonNode evaluate(String script) throws IOException, InterruptedException {
    return call("Runtime.evaluate", "expression", script, "returnByValue", true)
        .at("/result/value");
  }

  /** Waits until a script says true. */
  void await(String script) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!evaluate(script).asBoolean()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException(
            script + " never came true: " + evaluate("document.documentElement.outerHTML"));
      }
      Thread.sleep(50);
    }
  }

  /** The page as a PNG. */
  byte[] screenshot() throws IOException, InterruptedException {
    return Base64.getDecoder().decode(call("Page.captureScreenshot").get("data").asText());
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
    process.destroy();
    process.onExit().join();
  }
}
