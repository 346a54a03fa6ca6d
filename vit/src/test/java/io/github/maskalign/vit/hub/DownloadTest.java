package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.github.maskalign.vit.hub.LoopbackHub.Seen;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contents that arrive in parts, late, changed, or not at all. */
class DownloadTest extends HubTestBase {

  private static final byte[] WHOLE = HubFixture.WEIGHTS;
  private static final int CUT = 100_000;

  private final AtomicInteger requests = new AtomicInteger();

  /** Answers a request for contents, counted from 0. */
  @FunctionalInterface
  private interface Answer {
    boolean give(int number, HttpExchange exchange, Seen seen) throws IOException;
  }

  private void contents(Answer answer) {
    it.hub.setFault(
        (exchange, seen) ->
            seen.ofContents() && answer.give(requests.getAndIncrement(), exchange, seen));
  }

  /** Announces the whole and sends its first bytes only. */
  private static boolean cut(HttpExchange exchange, int from, int to) throws IOException {
    boolean part = from > 0;
    if (part) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes %d-%d/%d".formatted(from, WHOLE.length - 1, WHOLE.length));
    }
    exchange.sendResponseHeaders(part ? 206 : 200, WHOLE.length - from);
    exchange.getResponseBody().write(WHOLE, from, to - from);
    exchange.getResponseBody().flush();
    return true;
  }

  private void assertWhole() throws IOException {
    assertArrayEquals(WHOLE, Files.readAllBytes(it.fetch().weights()));
    assertClean();
  }

  private void assertClean() {
    assertTrue(
        it.content().keySet().stream().noneMatch(name -> name.endsWith(".incomplete")),
        it.content().toString());
  }

  private HubException assertFails(Reason reason) {
    HubException failure = assertThrows(HubException.class, it::fetch);
    assertEquals(reason, failure.reason(), failure.getMessage());
    assertTrue(failure.getMessage().contains("hf:some-org/vit-tiny"), failure.getMessage());
    assertClean();
    assertFalse(it.content().containsKey("models--some-org--vit-tiny/refs/main"));
    return failure;
  }

  @Test
  void aCutConnectionIsResumed() throws IOException {
    contents((number, exchange, _) -> number == 0 && cut(exchange, 0, CUT));
    assertWhole();
    List<Seen> seen = it.hub.seen().stream().filter(Seen::ofContents).toList();
    assertEquals("bytes=" + CUT + "-", seen.getLast().range());
    assertEquals(2, seen.size());
    assertEquals("identity", seen.getLast().encoding());
  }

  @Test
  void everyNewByteGivesPatience() throws IOException {
    contents(
        (number, exchange, seen) ->
            number < 20 && cut(exchange, number * 1000, number * 1000 + 1000));
    assertWhole();
    assertEquals(20, it.slept.size());
  }

  @Test
  void withoutNewBytesItFailsAfterFiveRetries() {
    contents((number, exchange, _) -> cut(exchange, number == 0 ? 0 : CUT, CUT));
    assertFails(Reason.UNREACHABLE);
    assertEquals(List.of(1L, 2L, 4L, 8L, 8L), it.slept.stream().map(Duration::toSeconds).toList());
  }

  @Test
  void aServerThatIgnoresTheRangeBeginsAnew() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            return cut(exchange, 0, CUT);
          }
          exchange.sendResponseHeaders(200, WHOLE.length);
          exchange.getResponseBody().write(WHOLE);
          return true;
        });
    assertWhole();
    assertTrue(it.progress.contains(0L));
  }

  @Test
  void aPartFromElsewhereIsNotAppended() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 1) {
            exchange
                .getResponseHeaders()
                .set(
                    "Content-Range",
                    "bytes %d-%d/%d".formatted(CUT - 1, WHOLE.length - 1, WHOLE.length));
            exchange.sendResponseHeaders(206, WHOLE.length - CUT + 1);
            exchange.getResponseBody().write(WHOLE, CUT - 1, WHOLE.length - CUT + 1);
            return true;
          }
          return number == 0 && cut(exchange, 0, CUT);
        });
    assertWhole();
  }

  @Test
  void anUnsatisfiableRangeBeginsAnew() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 1) {
            LoopbackHub.answer(exchange, 416, Map.of(), "");
            return true;
          }
          return number == 0 && cut(exchange, 0, CUT);
        });
    assertWhole();
  }

  @Test
  void contentThatChangedBetweenThePartsIsFetchedAgain() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            exchange.sendResponseHeaders(200, WHOLE.length);
            exchange.getResponseBody().write(new byte[CUT]);
            exchange.getResponseBody().flush();
            return true;
          }
          return false;
        });
    assertWhole();
    assertEquals(3, requests.get());
  }

  @Test
  void oneWrongByteIsRefused() {
    byte[] wrong = WHOLE.clone();
    wrong[WHOLE.length / 2]++;
    contents(
        (_, exchange, _) -> {
          exchange.sendResponseHeaders(200, wrong.length);
          exchange.getResponseBody().write(wrong);
          return true;
        });
    HubException failure = assertFails(Reason.DAMAGED);
    assertTrue(failure.getMessage().contains("model.safetensors"), failure.getMessage());
    assertEquals(2, requests.get());
  }

  @Test
  void anotherSizeIsRefusedBeforeTheFirstByte() {
    contents(
        (_, exchange, _) -> {
          LoopbackHub.answer(exchange, 200, Map.of(), "<html>Please log in</html>");
          return true;
        });
    assertFails(Reason.DAMAGED);
    assertEquals(1, requests.get());
  }

  @Test
  void moreBytesThanStatedAreRefused() {
    contents(
        (_, exchange, _) -> {
          exchange.sendResponseHeaders(200, 0); // in chunks
          exchange.getResponseBody().write(Arrays.copyOf(WHOLE, WHOLE.length + 1));
          return true;
        });
    assertFails(Reason.DAMAGED);
  }

  @Test
  void aResponseThatEndsEarlyIsResumed() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            exchange.sendResponseHeaders(200, 0); // in chunks
            exchange.getResponseBody().write(WHOLE, 0, WHOLE.length - 1);
            return true;
          }
          return false;
        });
    assertWhole();
    assertEquals("bytes=%d-".formatted(WHOLE.length - 1), it.hub.seen().getLast().range());
  }

  @Test
  void aServerThatAlwaysCutsAndIgnoresTheRangeIsGivenUp() {
    contents((_, exchange, _) -> cut(exchange, 0, CUT));
    assertFails(Reason.UNREACHABLE);
    assertEquals(6, requests.get());
  }

  @Test
  void anAddressThatIsAlwaysExpiredIsGivenUp() {
    contents(
        (_, exchange, _) -> {
          LoopbackHub.answer(exchange, 403, Map.of(), "");
          return true;
        });
    assertFails(Reason.UNREACHABLE);
    assertEquals(6, requests.get());
  }

  @Test
  void aPartMayBeShorterThanAskedFor() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 1) {
            exchange
                .getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(CUT, 2 * CUT - 1, WHOLE.length));
            exchange.sendResponseHeaders(206, CUT);
            exchange.getResponseBody().write(WHOLE, CUT, CUT);
            return true;
          }
          return number == 0 && cut(exchange, 0, CUT);
        });
    assertWhole();
    assertEquals("bytes=%d-".formatted(2 * CUT), it.hub.seen().getLast().range());
    assertEquals(1, it.slept.size());
  }

  @Test
  void theTokenDoesNotComeBackFromAnotherServer() throws IOException {
    it.options = it.options.withToken(new Token(LoopbackHub.TOKEN));
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            LoopbackHub.answer(exchange, 302, Map.of("Location", it.hub.endpoint() + "/back"), "");
            return true;
          }
          return false;
        });
    assertThrows(HubException.class, it::fetch);
    Seen back =
        it.hub.seen().stream()
            .filter(seen -> seen.target().equals("/back"))
            .findFirst()
            .orElseThrow();
    assertNull(back.authorization());
  }

  @Test
  void aSilentConnectionIsReplaced() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            cut(exchange, 0, CUT);
            try {
              Thread.sleep(3000);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return true;
          }
          return false;
        });
    assertWhole();
    assertEquals(2, requests.get());
  }

  @Test
  void anExpiredAddressIsAskedForAgain() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            it.hub.expire();
          }
          return false;
        });
    assertWhole();
    assertEquals(2, requests.get());
  }

  @Test
  void anErrorOfTheServerIsRepeated() throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number < 2) {
            LoopbackHub.answer(exchange, 503, Map.of(), "");
            return true;
          }
          return false;
        });
    assertWhole();
    assertEquals(2, it.slept.size());
    assertEquals(2, it.notes.size(), it.notes.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After | 7                             | 8",
        "Retry-After | Mon, 30 Nov 2026 12:00:30 GMT | 31",
        "RateLimit   | \"api\";r=0;t=55              | 56",
        "Retry-After | soon                          | 1"
      })
  void aServerSaysHowLongToWait(String name, String value, int seconds) throws IOException {
    contents(
        (number, exchange, _) -> {
          if (number == 0) {
            LoopbackHub.answer(exchange, 429, Map.of(name, value), "");
            return true;
          }
          return false;
        });
    assertWhole();
    assertEquals(List.of(Duration.ofSeconds(seconds)), it.slept);
  }

  @Test
  void aWaitOfHoursIsNotTaken() {
    contents(
        (_, exchange, _) -> {
          LoopbackHub.answer(exchange, 429, Map.of("Retry-After", "7200"), "");
          return true;
        });
    assertFails(Reason.UNREACHABLE);
    assertEquals(List.of(), it.slept);
  }

  @Test
  void encodedBytesAreNotStored() {
    contents(
        (_, exchange, _) -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, WHOLE.length);
          exchange.getResponseBody().write(WHOLE);
          return true;
        });
    assertFails(Reason.DAMAGED);
  }
}
