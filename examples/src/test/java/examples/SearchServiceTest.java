package examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import examples.ModelOptions.Model;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.search.VectorIndex;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SearchServiceTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static final String SHOWN =
      """
      (document.querySelectorAll('.nearest img').length === 12
          && [...document.images].every(i => i.complete && i.naturalWidth >= 28))
      """;

  @TempDir private static Path folder;
  private static Path query;
  private static Model model;
  private static VectorIndex index;
  private static PictureSearch search;
  private static SearchService service;

  @BeforeAll
  static void start() throws IOException {
    Path data = folder.resolve("<pictures>");
    DemoPictures.write(data, 100);
    try (Stream<Path> files = Files.list(data.resolve("trouser"))) {
      query = files.sorted().findFirst().orElseThrow();
    }
    PictureDecoder decoder = SearchService.decoder();
    Dataset pictures = DataSets.open(data, decoder);
    model = new ModelOptions().open();
    Path file = folder.resolve("pictures.index");
    IndexFolder.index(pictures, model, file, new PrintWriter(Writer.nullWriter()));
    index = VectorIndex.open(file, model.digest());
    search = search(pictures);
    service = SearchService.start(anyPort(), search, decoder);
  }

  private static InetSocketAddress anyPort() {
    return new InetSocketAddress("127.0.0.1", 0);
  }

  private static PictureSearch search(Dataset pictures) {
    return PictureSearch.open(model, new ModelOptions(), index, pictures);
  }

  @AfterAll
  static void stop() {
    service.close();
    search.close();
    index.close();
    model.close();
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(service.uri().resolve(path)));
  }

  private static HttpResponse<byte[]> post(String path, byte[] body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(service.uri().resolve(path)).POST(BodyPublishers.ofByteArray(body)));
  }

  private static HttpResponse<byte[]> postForm(String field, byte[] file)
      throws IOException, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String head = "--edge\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"x\"\r\n\r\n";
    body.writeBytes(head.formatted("note").getBytes(StandardCharsets.UTF_8));
    body.writeBytes("a note\r\n".getBytes(StandardCharsets.UTF_8));
    body.writeBytes(head.formatted(field).getBytes(StandardCharsets.UTF_8));
    body.writeBytes(file);
    body.writeBytes("\r\n--edge--\r\n".getBytes(StandardCharsets.UTF_8));
    return send(
        HttpRequest.newBuilder(service.uri().resolve("/search"))
            .header("Content-Type", "multipart/form-data; boundary=edge")
            .POST(BodyPublishers.ofByteArray(body.toByteArray())));
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  @Test
  void programsGetTheNearest() throws IOException, InterruptedException {
    HttpResponse<byte[]> response = post("/api/search", Files.readAllBytes(query));
    assertEquals(200, response.statusCode());
    JsonNode matches = new ObjectMapper().readTree(response.body());
    assertEquals(12, matches.size());
    assertEquals("trouser/" + query.getFileName(), matches.get(0).get("name").asText());
    assertFalse(text(response).contains(folder.toString()), "no path of this machine");
    assertEquals(1, matches.get(0).get("score").asDouble(), 1e-4);
  }

  @Test
  void formsGetAPage() throws IOException, InterruptedException {
    HttpResponse<byte[]> response = postForm(FormFile.FIELD, Files.readAllBytes(query));
    assertEquals(200, response.statusCode());
    assertEquals(12, text(response).split("<li>").length - 1);
    assertTrue(text(response).contains("<td>trouser<td>"), "the class of the nearest");
    assertTrue(text(response).contains("Where the network looks"), "attention");
    assertTrue(
        response.headers().firstValue("Content-Security-Policy").orElse("").contains("'none'"));
  }

  @Test
  void namesAndWordsAreEscaped() {
    var match = new VectorIndex.Match(0, "<b>'x'</b>/1.png", 1);
    String page = new SearchPage(1, true).described("<i>\"w\"", List.of(match));
    assertTrue(page.contains("title=\"&lt;b&gt;&#39;x&#39;&lt;/b&gt;/1.png\""), page);
    assertTrue(page.contains("value=\"&lt;i&gt;&quot;w&quot;\""), page);
  }

  @Test
  void programsGetTheClassesOfTheNearest() throws IOException, InterruptedException {
    HttpResponse<byte[]> response = post("/api/classes", Files.readAllBytes(query));
    assertEquals(200, response.statusCode());
    JsonNode classes = new ObjectMapper().readTree(response.body());
    assertEquals("trouser", classes.get(0).get("label").asText());
    double total = 0;
    for (JsonNode each : classes) {
      total += each.get("share").asDouble();
    }
    assertEquals(1, total, 1e-6);
  }

  @Test
  void aRowIsAQueryToo() throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get("/like/7");
    assertEquals(200, response.statusCode());
    assertTrue(
        text(response).contains("<li><a href=\"/like/7\">"), "the image itself is the nearest");
    assertEquals(404, get("/like/100").statusCode());
  }

  @Test
  void aNetworkWithoutTextsHasNoWords() throws IOException, InterruptedException {
    assertFalse(text(get("/")).contains("id=\"words\""));
    assertEquals(404, get("/words?q=cat").statusCode());
    HttpResponse<byte[]> response = get("/api/words?q=cat");
    assertEquals(404, response.statusCode());
    assertTrue(text(response).contains("no text tower"), text(response));
    assertEquals(400, get("/api/words").statusCode());
    assertEquals(400, get("/api/words?q=").statusCode());
    assertEquals(400, get("/api/words?q=+").statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {SearchPage.STYLE, SearchPage.SCRIPT})
  void thePageLoadsItsOwnFiles(String path) throws IOException, InterruptedException {
    assertEquals(200, get(path).statusCode());
    assertTrue(text(get("/")).contains('"' + path + '"'));
  }

  @Test
  void showsPicturesByTheirRow() throws IOException, InterruptedException {
    HttpResponse<byte[]> response = get("/picture/7");
    assertEquals(200, response.statusCode());
    var image = ImageIO.read(new ByteArrayInputStream(response.body()));
    assertNotNull(image);
    assertEquals(28, image.getWidth());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/picture/",
        "/picture/100",
        "/picture/-1",
        "/picture/99999999999",
        "/picture/../../etc/passwd",
        "/picture/%2e%2e%2fetc%2fpasswd",
        "/../etc/passwd"
      })
  void thereIsNothingElse(String path) throws IOException, InterruptedException {
    assertEquals(404, get(path).statusCode());
  }

  @Test
  void refusesWhatIsNoPicture() throws IOException, InterruptedException {
    byte[] text = "<b>no picture</b>".getBytes(StandardCharsets.UTF_8);
    byte[] cut = java.util.Arrays.copyOf(Files.readAllBytes(query), 100);
    for (byte[] bad : new byte[][] {text, cut, new byte[0]}) {
      assertEquals(400, post("/api/search", bad).statusCode());
      HttpResponse<byte[]> page = postForm(FormFile.FIELD, bad);
      assertEquals(400, page.statusCode());
      assertTrue(text(page).contains("class=\"refusal\""), text(page));
    }
    HttpResponse<byte[]> line = post("/api/search", png(1, 700_000));
    assertEquals(400, line.statusCode());
    assertTrue(text(line).contains("too elongated"), text(line));
    assertEquals(200, post("/api/search", png(8, 12_000)).statusCode());
    assertEquals(400, postForm("other", cut).statusCode());
    assertEquals(415, post("/search", cut).statusCode());
    assertEquals(405, get("/search").statusCode());
    assertEquals(405, post("/", cut).statusCode());
  }

  private static byte[] png(int height, int width) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY), "png", png);
    return png.toByteArray();
  }

  @Test
  void refusesWhatIsTooLarge() throws IOException, InterruptedException {
    assertEquals(413, post("/api/search", new byte[RequestBody.MAX_BYTES + 10]).statusCode());
    assertEquals(200, post("/api/search", Files.readAllBytes(query)).statusCode());
  }

  @Test
  void errorsOfTheApiAreJson() throws IOException, InterruptedException {
    byte[] text = "no picture".getBytes(StandardCharsets.UTF_8);
    for (var response :
        List.of(
            post("/api/search", text),
            post("/api/search", new byte[RequestBody.MAX_BYTES + 10]),
            get("/api/search"),
            get("/api/nothing"))) {
      assertTrue(response.statusCode() >= 400);
      assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
      assertTrue(new ObjectMapper().readTree(response.body()).get("error").asText().endsWith("."));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LocalHost:8080, 200",
    "127.0.0.1:8080, 200",
    "[::1]:8080, 200",
    "evil.example, 421",
    "evil.example:8080, 421",
    "localhost.evil.example, 421",
    "1.evil.example, 421",
    "127.0.0.1.evil.example:8080, 421"
  })
  void anotherHostIsRefused(String host, int status) throws IOException {
    assertEquals(status, statusFor(service, host));
  }

  @Test
  void whereAllMachinesMayComeAnyNameIsServed() throws IOException {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 0);
    try (SearchService open = SearchService.start(everywhere, search, SearchService.decoder())) {
      assertEquals("0.0.0.0", open.uri().getHost());
      assertEquals(200, statusFor(open, "pictures.example"));
    }
  }

  @Test
  void anAddressOfVersionSixIsShownInBrackets() throws IOException {
    assumeTrue(hasLoopbackOfVersionSix(), "this machine has no ::1");
    InetSocketAddress six = new InetSocketAddress("::1", 0);
    try (SearchService local = SearchService.start(six, search, SearchService.decoder())) {
      assertTrue(local.uri().getHost().startsWith("["), local.uri().toString());
    }
  }

  private static boolean hasLoopbackOfVersionSix() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress());
  }

  /** The client of the JDK sets the header itself. */
  private static int statusFor(SearchService asked, String host) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", asked.uri().getPort())) {
      String request = "HEAD / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return Integer.parseInt(answer.split(" ")[1]);
    }
  }

  @Test
  void namesTheMethodsOfAPage() throws IOException, InterruptedException {
    var wrong = get("/api/search");
    assertEquals(405, wrong.statusCode());
    assertEquals("POST", wrong.headers().firstValue("Allow").orElse(""));
    assertEquals("GET, HEAD", post("/", new byte[1]).headers().firstValue("Allow").orElse(""));
    assertEquals(404, post("/nothing", new byte[1]).statusCode());
    var head = send(HttpRequest.newBuilder(service.uri()).HEAD());
    assertEquals(200, head.statusCode());
    assertEquals(0, head.body().length);
    assertEquals(
        get("/").body().length, head.headers().firstValueAsLong("Content-Length").orElse(0));
    assertEquals(200, get("/").statusCode());
  }

  /** Sends the head of an upload and some of its bytes. */
  private static Socket upload(String path, int announced, int sent) throws IOException {
    Socket socket = new Socket(service.uri().getHost(), service.uri().getPort());
    socket.setSoTimeout(60_000);
    String head = "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n";
    socket
        .getOutputStream()
        .write(head.formatted(path, announced).getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().write(new byte[sent]);
    return socket;
  }

  @Test
  void unfinishedUploadsDoNotKeepOthersWaiting() throws IOException, InterruptedException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 40; i++) {
        slow.add(upload("/api/search", 1_000_000, 1));
      }
      assertEquals(200, post("/api/search", Files.readAllBytes(query)).statusCode());
      String status = new String(slow.getFirst().getInputStream().readNBytes(12), UTF_8);
      assertEquals("HTTP/1.1 408", status, "a client that stops sending is told and closed");
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void bodiesOfRefusalsAreNotKept() throws IOException, InterruptedException {
    long before = usedMemory();
    List<Socket> refused = new ArrayList<>();
    try {
      for (int i = 0; i < 30; i++) {
        refused.add(upload("/", RequestBody.MAX_BYTES, RequestBody.MAX_BYTES - 1));
      }
      String status = new String(refused.getLast().getInputStream().readNBytes(12), UTF_8);
      assertEquals("HTTP/1.1 405", status);
      assertTrue(usedMemory() - before < 100 << 20, "the bodies are kept");
      assertEquals(200, post("/api/search", Files.readAllBytes(query)).statusCode());
    } finally {
      for (Socket socket : refused) {
        socket.close();
      }
    }
  }

  private static long usedMemory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** A picture of 30,000 x 30,000 pixels in a few bytes: refused by its head. */
  @Test
  void refusesADecompressionBomb() throws IOException, InterruptedException {
    byte[] bomb = Files.readAllBytes(query);
    bomb[18] = 0x75; // IHDR: width in bytes 16 to 19, height in 20 to 23
    bomb[19] = 0x30;
    bomb[22] = 0x75;
    bomb[23] = 0x30;
    assertEquals(400, post("/api/search", bomb).statusCode());
  }

  /** Thumbnails are decoded from whole images, of which only some may be in memory. */
  @Test
  void decodesFewPicturesAtOnce() throws Exception {
    PictureDecoder decoder = SearchService.decoder();
    Dataset pictures = DataSets.open(query.getParent().getParent(), decoder);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Dataset slow =
        (Dataset)
            Proxy.newProxyInstance(
                Dataset.class.getClassLoader(),
                new Class<?>[] {Dataset.class},
                (_, method, arguments) -> {
                  if (!method.getName().equals("picture")) {
                    return method.invoke(pictures, arguments);
                  }
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  Thread.sleep(100);
                  inside.decrementAndGet();
                  return method.invoke(pictures, arguments);
                });
    try (PictureSearch slowly = search(slow);
        SearchService other = SearchService.start(anyPort(), slowly, decoder)) {
      HttpRequest request = HttpRequest.newBuilder(other.uri().resolve("/picture/0")).build();
      var answers =
          Stream.generate(() -> CLIENT.sendAsync(request, BodyHandlers.ofByteArray()))
              .limit(40)
              .toList();
      for (var answer : answers) {
        assertEquals(200, answer.get().statusCode());
      }
    }
    assertTrue(most.get() <= 8, () -> most + " at once");
  }

  /** A file that became larger than the service allows is not decoded. */
  @Test
  void refusesToShowAHugePicture() throws IOException, InterruptedException {
    int row = 0;
    while (!index.name(row).endsWith("trouser/" + query.getFileName())) {
      row++;
    }
    assertEquals(200, get("/picture/" + row).statusCode());
    byte[] whole = Files.readAllBytes(query);
    BufferedImage huge = new BufferedImage(5000, 5000, BufferedImage.TYPE_BYTE_GRAY);
    assertTrue(ImageIO.write(huge, "png", query.toFile()));
    try {
      HttpResponse<byte[]> shown = get("/picture/" + row);
      assertEquals(404, shown.statusCode());
      assertTrue(text(shown).contains("the limit is 20000000 pixels"), text(shown));
    } finally {
      Files.write(query, whole);
    }
  }

  @Test
  void stopsAtOnceWhenNothingIsUnderWay() throws IOException, InterruptedException {
    SearchService other = SearchService.start(anyPort(), search, SearchService.decoder());
    var request = HttpRequest.newBuilder(other.uri());
    assertEquals(200, send(request).statusCode());
    Instant start = Instant.now();
    other.close();
    Duration took = Duration.between(start, Instant.now());
    assertTrue(took.toSeconds() < 4, () -> "took " + took);
  }

  /** With -Dchromium=required it may not be skipped. */
  @Test
  void aBrowserShowsTheNearest() throws IOException, InterruptedException {
    Optional<Path> program = Chromium.find();
    if (!"required".equals(System.getProperty("chromium"))) {
      assumeTrue(program.isPresent(), "no chromium on the PATH");
    }
    Path profile = Files.createDirectories(folder.resolve("profile"));
    try (Chromium browser = Chromium.start(program.orElseThrow(), profile)) {
      browser.open(service.uri());
      browser.await(
          "document.readyState === 'complete' && location.port === '%d'"
              .formatted(service.uri().getPort()));
      // The script submits the form as soon as there is a file.
      browser.choose("input[type=file]", query);
      browser.await(SHOWN);
      assertEquals(
          "1.000", browser.evaluate("document.querySelector('.nearest b').innerText").asText());
      assertEquals(
          "trouser/" + query.getFileName(),
          browser.evaluate("document.querySelector('.nearest small').innerText").asText());
      assertEquals(
          "trouser", browser.evaluate("document.querySelector('.classes td').innerText").asText());
      Path pages = Files.createDirectories(Path.of("target/pages"));
      for (String scheme : new String[] {"light", "dark"}) {
        browser.prefer(scheme);
        byte[] page = browser.screenshot();
        Files.write(pages.resolve("search-" + scheme + ".png"), page);
        int corner = ImageIO.read(new ByteArrayInputStream(page)).getRGB(2, 2) & 0xff;
        assertEquals(scheme.equals("light"), corner > 128, scheme + " background " + corner);
      }

      browser.screen(360, 740);
      assertTrue(
          browser.evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean(),
          "wider than a phone");
      Files.write(pages.resolve("search-phone.png"), browser.screenshot());

      // By keyboard: title, file, button, then the nearest, one of which is opened.
      browser.evaluate("window.before = true; document.activeElement.blur()");
      for (int i = 0; i < 5; i++) {
        browser.press("Tab");
      }
      String focused = browser.evaluate("document.activeElement.getAttribute('href')").asText();
      assertTrue(focused.matches("/like/\\d+"), focused);
      browser.press("Enter");
      browser.await("window.before === undefined && " + SHOWN);
      assertEquals(focused, browser.evaluate("location.pathname").asText());

      browser.evaluate(
          """
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 28;
          canvas.getContext('2d').drawImage(document.images[0], 0, 0);
          canvas.toBlob(blob => {
            const data = new DataTransfer();
            data.items.add(new File([blob], 'dropped.png', {type: 'image/png'}));
            document.body.dispatchEvent(
              new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));
          });
          """);
      browser.await("location.pathname === '/search' && " + SHOWN);
      assertEquals(
          focused,
          browser.evaluate("document.querySelector('.nearest a').getAttribute('href')").asText());
    }
  }
}
