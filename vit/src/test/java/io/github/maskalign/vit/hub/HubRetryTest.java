package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.hub.access.Endpoint;
import io.github.maskalign.vit.hub.access.EnvironmentProxies;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.access.Timeouts;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the Hub itself that fail for a time, and other forms of its answers. */
class HubRetryTest extends HubTestBase {

  private final AtomicInteger requests = new AtomicInteger();

  /** The first answers to requests whose address contains a part. */
  private void fail(String part, int times, int status, Map<String, String> headers) {
    it.hub.setFault(
        (exchange, seen) -> {
          if (seen.ofContents()
              || !seen.target().contains(part)
              || requests.getAndIncrement() >= times) {
            return false;
          }
          LoopbackHub.answer(exchange, status, headers, "");
          return true;
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"/revision/", "/tree/", "/resolve/"})
  void anErrorOfTheServerPasses(String part) {
    fail(part, 2, 503, Map.of());
    it.fetch();
    assertEquals(List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)), it.slept);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "429 | Retry-After | 7                             | 8",
        "429 | Retry-After | Mon, 30 Nov 2026 12:00:30 GMT | 31",
        "429 | RateLimit   | \"api\";r=0;t=300             | 301",
        "429 | RateLimit   | \"api\";r=12;t=55             | 1",
        "503 | RateLimit   | \"api\";r=0;t=55              | 1",
        "503 | Retry-After | 3                             | 4",
        "500 | Retry-After | 3                             | 1"
      })
  void theServerSaysHowLongToWait(int status, String name, String value, int seconds) {
    fail("/revision/", 1, status, Map.of(name, value));
    it.fetch();
    assertEquals(List.of(Duration.ofSeconds(seconds)), it.slept);
    assertTrue(it.notes.getFirst().endsWith("retrying in %d s".formatted(seconds)));
  }

  @Test
  void aConnectionThatIsClosedIsTriedAgain() {
    // Java's client repeats such requests a few times by itself.
    it.hub.setFault((_, _) -> requests.getAndIncrement() < 5);
    it.fetch();
    assertTrue(requests.get() > 5);
  }

  @Test
  void aConnectionThatIsClosedLeavesTheCache() {
    Snapshot before = it.fetch();
    it.hub.setFault((exchange, _) -> true);
    assertEquals(before, it.fetch());
    assertEquals(List.of(), it.slept);
  }

  @Test
  void silenceBeforeTheAnswerIsATimeOut() {
    it.options =
        it.options.withTimeouts(new Timeouts(Duration.ofMillis(200), Duration.ofSeconds(1)));
    it.hub.setFault(
        (exchange, _) -> {
          if (requests.getAndIncrement() > 0) {
            return false;
          }
          try {
            Thread.sleep(1000);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        });
    it.fetch();
    assertEquals(1, it.slept.size());
  }

  @Test
  void gatedForTheAccountOfTheToken() {
    it.options = it.options.withToken(new Token(LoopbackHub.TOKEN));
    fail("/resolve/", 9, 403, Map.of("X-Error-Code", "GatedRepo"));
    HubException gated = assertThrows(HubException.class, it::fetch);
    assertEquals(Reason.GATED, gated.reason());
    assertTrue(gated.getMessage().contains("account that accepted them"), gated.getMessage());
  }

  @Test
  void aFileThatIsGone() {
    fail("/resolve/", 9, 404, Map.of("X-Error-Code", "EntryNotFound"));
    HubException gone = assertThrows(HubException.class, it::fetch);
    assertEquals(Reason.NO_FILE, gone.reason());
    assertTrue(gone.getMessage().contains(", file "), gone.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tree/", "/resolve/"})
  void aPageOfAProxyIsNoAnswer(String part) {
    it.hub.setFault(
        (exchange, seen) -> {
          if (seen.ofContents() || !seen.target().contains(part)) {
            return false;
          }
          LoopbackHub.answer(exchange, 200, Map.of(), "<html>Log in</html>");
          return true;
        });
    HubException none = assertThrows(HubException.class, it::fetch);
    assertEquals(Reason.NOT_A_HUB, none.reason());
  }

  @Test
  void aSmallFileAtOnce() throws IOException {
    RemoteContent content = HubFixture.model().get("config.json");
    it.hub.setFault(
        (exchange, seen) -> {
          if (seen.ofContents() || !seen.target().endsWith("/config.json")) {
            return false;
          }
          exchange.getResponseHeaders().set("X-Repo-Commit", it.repository().head("main"));
          exchange.getResponseHeaders().set("ETag", content.digest());
          exchange.getResponseHeaders().set("Content-Length", "" + content.bytes().length);
          boolean head = seen.method().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : content.bytes().length);
          if (!head) {
            exchange.getResponseBody().write(content.bytes());
          }
          return true;
        });
    Snapshot found = it.fetch();
    assertEquals(content.bytes().length, Files.size(found.folder().resolve("config.json")));
  }

  @Test
  void requestsGoThroughTheProxy() {
    Map<String, String> variables =
        Map.of("HTTP_PROXY", it.hub.endpoint().toString(), "NO_PROXY", "127.0.0.1");
    it.options =
        it.options
            .withEndpoint(Endpoint.of("http://hub.invalid"))
            .withProxies(EnvironmentProxies.of(variables));
    it.fetch();
    assertTrue(
        it.hub.seen().stream()
            .filter(seen -> !seen.ofContents())
            .allMatch(seen -> seen.target().startsWith("http://hub.invalid/")),
        it.hub.seen().toString());
  }

  @Test
  void aNameThatIsNearlyOneIsSuggested() {
    HubException none =
        assertThrows(HubException.class, () -> it.fetch("openai/clip-vit-base-patch61"));
    assertTrue(
        none.getMessage().contains("did you mean openai/clip-vit-base-patch16"), none.getMessage());
  }
}
