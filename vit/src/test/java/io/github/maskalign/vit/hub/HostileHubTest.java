package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.hub.LoopbackHub.Seen;
import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals of the Hub, and answers that a Hub must not give. */
class HostileHubTest extends HubTestBase {

  private TensorException refused() {
    TensorException failure = assertThrows(TensorException.class, it::fetch);
    // Nothing but the cache's own folder, and no reference to something that is not there.
    try (Stream<Path> all = Files.walk(folder)) {
      assertEquals(
          0,
          all.filter(path -> !path.startsWith(it.cache) && Files.isRegularFile(path)).count(),
          "files outside the cache");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertTrue(it.content().keySet().stream().noneMatch(name -> name.contains("/refs/")));
    return failure;
  }

  private void assertRefused(Reason reason, String... parts) {
    HubException failure = (HubException) refused();
    assertEquals(reason, failure.reason(), failure.getMessage());
    for (String part : parts) {
      assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
  }

  /** An answer in place of the Hub's to requests whose address contains a part. */
  private void answer(String part, int status, Map<String, String> headers, String body) {
    it.hub.setFault(
        (HttpExchange exchange, Seen seen) -> {
          if (seen.ofContents() || !seen.target().contains(part)) {
            return false;
          }
          LoopbackHub.answer(exchange, status, headers, body);
          return true;
        });
  }

  @Test
  void noRepository() {
    it.repository().ofOthers();
    assertRefused(Reason.NO_REPOSITORY, "hf:some-org/vit-tiny", "HF_TOKEN");
    it.options = it.options.withToken(new Token(LoopbackHub.TOKEN));
    HubException other = assertThrows(HubException.class, () -> it.fetch("some-org/nothing"));
    assertEquals(Reason.NO_REPOSITORY, other.reason());
  }

  @Test
  void gated() {
    it.repository().gated();
    assertRefused(
        Reason.GATED, it.hub.endpoint() + "/some-org/vit-tiny", "accept its terms", "HF_TOKEN");
  }

  @Test
  void aWrongTokenIsNotTakenForAMissingRepository() {
    it.options = it.options.withToken(new Token("hf_wrong"));
    HubException failure = (HubException) refused();
    assertEquals(Reason.REFUSED, failure.reason());
    assertTrue(!failure.getMessage().contains("hf_wrong"), failure.getMessage());
  }

  @Test
  void noRevision() {
    HubException failure =
        assertThrows(HubException.class, () -> it.fetch(HubFixture.NAME + "@v9"));
    assertEquals(Reason.NO_REVISION, failure.reason());
  }

  @Test
  void noWeights() {
    it.repository()
        .commit(
            "main",
            Map.of(
                "config.json", RemoteContent.small("{}"),
                "tf_model.h5", RemoteContent.large(new byte[5])));
    assertRefused(Reason.NO_FILE, "model.safetensors", "tf_model.h5");
  }

  @Test
  void disabled() {
    answer("/api/", 403, Map.of("X-Error-Message", "Access to this resource is disabled."), "");
    assertRefused(Reason.REFUSED, "disabled");
  }

  @ParameterizedTest
  @CsvSource({"429", "500", "503"})
  void trouble(int status) {
    answer("/api/", status, Map.of(), "");
    assertRefused(Reason.UNREACHABLE, Integer.toString(status));
    assertEquals(5, it.slept.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>Log in</html>",
        "[]",
        "{}",
        "{\"sha\": \"../../../x\"}",
        "{\"sha\": \"ABCDEF0123456789ABCDEF0123456789ABCDEF01\"}",
        "{\"sha\": 1}",
        ""
      })
  void aDescriptionWithoutACommit(String body) {
    answer("/revision/", 200, Map.of(), body);
    assertRefused(Reason.NOT_A_HUB, "HF_ENDPOINT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x",
        "a/../../x",
        "/etc/passwd",
        "C:x",
        "C:\\\\x",
        "\\\\\\\\server\\\\x",
        "a//b",
        "./a",
        "",
        "a\\\\..\\\\x"
      })
  void aPathOutOfTheRepository(String path) {
    answer(
        "/tree/",
        200,
        Map.of(),
        "[{\"type\": \"file\", \"path\": \"%s\", \"size\": 3, \"oid\": \"%s\"}]"
            .formatted(path, "0".repeat(40)));
    refused();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"weight_map\": {\"a\": \"../x.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"/x.safetensors\"}}",
        "{\"weight_map\": {\"a\": \"gone.safetensors\"}}",
        "{\"weight_map\": {}}",
        "[]",
        "{"
      })
  void anIndexThatLeadsNowhere(String index) {
    Map<String, RemoteContent> files = HubFixture.model();
    files.remove("model.safetensors");
    files.remove("pytorch_model.bin");
    files.put("model.safetensors.index.json", RemoteContent.small(index));
    it.repository().commit("main", files);
    refused();
  }

  @Test
  void aConfigurationThatNamesWeightsOutside() {
    Map<String, RemoteContent> files = HubFixture.model();
    files.put(
        "config.json",
        RemoteContent.small("{\"pretrained_cfg\": {\"hf_hub_filename\": \"../x\"}}"));
    it.repository().commit("main", files);
    refused();
  }

  @ParameterizedTest
  @CsvSource({
    "X-Linked-ETag, ../../../x",
    "X-Linked-ETag, ''",
    "X-Linked-ETag, 0000000000000000000000000000000000000000000000000000000000000000",
    "X-Repo-Commit, ../../../x",
    "X-Repo-Commit, 0000000000000000000000000000000000000000",
    "X-Linked-Size, 5",
    "X-Linked-Size, 99999999999999",
    "Location, file:///etc/passwd",
    "Location, ftp://127.0.0.1/x",
    "Location, 'http://'"
  })
  void metadataThatContradictTheList(String name, String value) {
    it.hub.setHeaders(
        (content, headers) -> {
          if (content.isLarge()) {
            headers.put(name, value);
          }
        });
    refused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Repo-Commit", "Location"})
  void metadataThatAreMissing(String name) {
    it.hub.setHeaders(
        (content, headers) -> {
          if (content.isLarge()) {
            headers.remove(name);
          }
        });
    refused();
  }

  @Test
  void weakAndBareTagsAreTags() {
    it.hub.setHeaders(
        (content, headers) ->
            headers.put(
                content.isLarge() ? "X-Linked-ETag" : "ETag",
                content.isLarge() ? content.digest() : "W/\"" + content.digest() + "\""));
    it.fetch();
  }

  @Test
  void aCircleOfRedirectsEnds() {
    answer("/resolve/", 307, Map.of("Location", "/resolve/again"), "");
    assertRefused(Reason.NOT_A_HUB, "redirects");
    assertEquals(
        21, it.hub.seen().stream().filter(seen -> seen.target().contains("/resolve/")).count());
  }

  @Test
  void aListThatContinuesElsewhereIsNotFollowed() {
    String elsewhere = it.hub.contentsAddress() + "/next";
    answer("/tree/", 200, Map.of("Link", "<" + elsewhere + ">; rel=\"next\""), "[]");
    assertRefused(Reason.NOT_A_HUB);
    assertTrue(it.hub.seen().stream().noneMatch(LoopbackHub.Seen::ofContents));
  }

  @Test
  void aListWithoutEndEnds() {
    answer(
        "/tree/",
        200,
        Map.of("Link", "</api/models/some-org/vit-tiny/tree/more>; rel=\"next\""),
        "[]");
    assertRefused(Reason.NOT_A_HUB, "pages");
  }

  @Test
  void aFileLargerThanTheDiskIsNotBegun() {
    long size = (1L << 40) - 1;
    String digest = "0".repeat(64);
    it.hub.setFault(
        (exchange, seen) -> {
          if (seen.ofContents() || !seen.target().contains("/tree/")) {
            return false;
          }
          LoopbackHub.answer(
              exchange,
              200,
              Map.of(),
              "[{\"type\": \"file\", \"path\": \"model.safetensors\", \"size\": 1, \"oid\": \"\","
                  + " \"lfs\": {\"oid\": \"%s\", \"size\": %d}}]".formatted(digest, size));
          return true;
        });
    UncheckedIOException full = assertThrows(UncheckedIOException.class, it::fetch);
    String reason = full.getCause().getMessage();
    assertTrue(reason.contains("HF_HUB_CACHE"), reason);
    assertTrue(it.hub.seen().stream().noneMatch(seen -> seen.target().contains("/resolve/")));
  }
}
