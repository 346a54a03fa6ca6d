package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.hub.access.HubException;
import io.github.maskalign.vit.hub.access.HubException.Reason;
import io.github.maskalign.vit.hub.access.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models by their names: what is asked, what is stored, and what is taken from the cache. */
class HubTest extends HubTestBase {

  @Test
  void whatIsNeededIsStoredAsPythonStoresIt() throws IOException {
    Snapshot found = it.fetch();
    String commit = it.repository().head("main");
    String digest = RemoteContent.large(HubFixture.WEIGHTS).digest();
    assertEquals(commit, found.commit().hex());
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(found.weights()));
    Map<String, String> content = it.content();
    String model = "models--some-org--vit-tiny/";
    assertEquals("40", content.get(model + "refs/main"));
    assertEquals(commit, Files.readString(it.cache.resolve(model + "refs/main")));
    assertEquals("300000", content.get(model + "blobs/" + digest));
    assertEquals(
        "-> ../../blobs/" + digest,
        content.get(model + "snapshots/" + commit + "/model.safetensors"));
    assertEquals("0", content.get(".locks/models--some-org--vit-tiny/" + digest + ".lock"));
    assertTrue(content.containsKey("CACHEDIR.TAG"));
    assertEquals(
        List.of("config.json", "model.safetensors", "preprocessor_config.json"),
        content.keySet().stream()
            .filter(name -> name.startsWith(model + "snapshots/"))
            .map(name -> name.substring(name.lastIndexOf('/') + 1))
            .toList());
    assertTrue(content.keySet().stream().noneMatch(name -> name.endsWith(".incomplete")));
    assertEquals(HubFixture.WEIGHTS.length, it.progress.getLast());
  }

  @Test
  void aCommitIsNeverAskedForAgain() {
    String commit = it.repository().head("main");
    it.fetch();
    it.hub.forget();
    assertEquals(commit, it.fetch(HubFixture.NAME + "@" + commit).commit().hex());
    assertEquals(List.of(), it.hub.seen());
    it.fetch();
    assertTrue(
        it.hub.seen().stream().allMatch(seen -> seen.target().startsWith("/api/models/")),
        it.hub.seen().toString());
  }

  @Test
  void aBranchThatMovesSharesWhatStays() {
    it.fetch();
    Map<String, RemoteContent> changed = HubFixture.model();
    changed.put("config.json", RemoteContent.small("{\"model_type\": \"deit\"}"));
    it.repository().commit("main", changed);
    it.hub.forget();
    Snapshot found = it.fetch();
    assertEquals(it.repository().head("main"), found.commit().hex());
    assertTrue(it.hub.seen().stream().noneMatch(LoopbackHub.Seen::ofContents));
  }

  @Test
  void tagsPullRequestsAndOldNamesAreRevisions() {
    it.repository().commit("refs/pr/1", HubFixture.model()).commit("v1.0", HubFixture.model());
    for (String revision : List.of("refs/pr/1", "v1.0")) {
      Snapshot found = it.fetch(HubFixture.NAME + "@" + revision);
      assertEquals(it.repository().head(revision), found.commit().hex());
      assertTrue(
          Files.exists(it.cache.resolve("models--some-org--vit-tiny/refs").resolve(revision)));
    }
    it.hub.rename("old/name", HubFixture.NAME);
    Snapshot renamed = it.fetch("old/name");
    assertTrue(renamed.folder().startsWith(it.cache.resolve("models--old--name")));
  }

  @Test
  void theTokenGoesToTheHubOnly() {
    it.options = it.options.withToken(new Token(LoopbackHub.TOKEN));
    it.repository().gated().ofOthers();
    it.fetch();
    for (LoopbackHub.Seen seen : it.hub.seen()) {
      assertEquals(seen.ofContents() ? null : "Bearer hf_test", seen.authorization());
    }
    assertFalse(it.options.toString().contains("hf_test"));
  }

  @Test
  void anotherNameOfTheSameMachineIsAnotherServer() {
    it.options = it.options.withToken(new Token(LoopbackHub.TOKEN));
    it.hub.setFault(
        (exchange, seen) -> {
          if (seen.ofContents() || !seen.target().contains("/resolve/")) {
            return false;
          }
          String there = "http://localhost:" + it.hub.endpoint().uri().getPort() + "/elsewhere";
          RemoteContent content = HubFixture.model().get("config.json");
          LoopbackHub.answer(
              exchange,
              302,
              Map.of(
                  "Location", there,
                  "ETag", content.digest(),
                  "X-Repo-Commit", it.repository().head("main")),
              "");
          return true;
        });
    assertThrows(HubException.class, it::fetch);
    it.hub.seen().stream()
        .filter(seen -> seen.target().equals("/elsewhere"))
        .forEach(seen -> assertNull(seen.authorization()));
    assertTrue(it.hub.seen().stream().anyMatch(seen -> seen.target().equals("/elsewhere")));
  }

  @Test
  void shardsAreThoseOfTheIndex() throws IOException {
    Map<String, RemoteContent> files = HubFixture.model();
    files.remove("model.safetensors");
    files.put(
        "model.safetensors.index.json",
        RemoteContent.small(
            "{\"weight_map\": {\"a\": \"model-1.safetensors\", \"b\": \"model-2.safetensors\","
                + " \"c\": \"model-1.safetensors\"}}"));
    files.put("model-1.safetensors", RemoteContent.large(HubFixture.bytes(10)));
    files.put("model-2.safetensors", RemoteContent.large(HubFixture.bytes(11)));
    files.put("model-3.safetensors", RemoteContent.large(HubFixture.bytes(12)));
    it.repository().commit("main", files);
    Snapshot found = it.fetch();
    try (Stream<Path> all = Files.list(found.folder())) {
      assertEquals(
          List.of(
              "config.json",
              "model-1.safetensors",
              "model-2.safetensors",
              "model.safetensors.index.json",
              "preprocessor_config.json"),
          all.map(path -> path.getFileName().toString()).sorted().toList());
    }
    it.hub.forget();
    it.fetch(HubFixture.NAME + "@" + found.commit());
    assertEquals(List.of(), it.hub.seen());
  }

  @Test
  void namesWithBlanksAccentsAndSignsAreFetched() throws IOException {
    Map<String, RemoteContent> files = HubFixture.model();
    files.remove("model.safetensors");
    String name = "sub dir/é + 100%#?.safetensors";
    files.put(name, RemoteContent.large(HubFixture.bytes(20)));
    files.put(
        "config.json",
        RemoteContent.small("{\"pretrained_cfg\": {\"hf_hub_filename\": \"" + name + "\"}}"));
    it.repository().commit("main", files);
    Snapshot found = it.fetch();
    assertArrayEquals(HubFixture.bytes(20), Files.readAllBytes(found.weights()));
    assertEquals(found.folder().resolve("sub dir"), found.weights().getParent());
  }

  @Test
  void anEmptyFileIsNotAskedFor() throws IOException {
    Map<String, RemoteContent> files = HubFixture.model();
    files.put("preprocessor_config.json", RemoteContent.small(""));
    it.repository().commit("main", files);
    Snapshot found = it.fetch();
    assertEquals(0, Files.size(found.folder().resolve("preprocessor_config.json")));
    assertTrue(it.hub.seen().stream().noneMatch(seen -> seen.target().contains("/preprocessor_")));
  }

  @Test
  void offlineTheCacheIsReadAndNothingIsAsked() {
    Snapshot before = it.fetch();
    it.hub.forget();
    it.options = it.options.withOffline(true);
    assertEquals(before, it.fetch());
    HubException missing = assertThrows(HubException.class, () -> it.fetch("other/model"));
    assertEquals(Reason.OFFLINE, missing.reason());
    assertTrue(missing.getMessage().contains("hf:other/model"), missing.getMessage());
    assertEquals(List.of(), it.hub.seen());
    assertEquals(List.of(), it.notes);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 503})
  void whatIsCachedOutlivesTrouble(int status) {
    Snapshot before = it.fetch();
    it.hub.setFault(
        (exchange, _) -> {
          LoopbackHub.answer(exchange, status, Map.of(), "no");
          return true;
        });
    it.hub.forget();
    assertEquals(before, it.fetch());
    assertEquals(1, it.hub.seen().size());
    assertEquals(List.of(), it.slept);
    assertEquals(1, it.notes.size(), it.notes.toString());
    assertTrue(it.notes.getFirst().contains("the cached files of commit"), it.notes.toString());
  }

  @Test
  void aHubThatIsGoneOrNoneLeavesTheCache() throws IOException {
    Snapshot before = it.fetch();
    it.hub.setFault(
        (exchange, _) -> {
          LoopbackHub.answer(exchange, 200, Map.of(), "<html>Log in</html>");
          return true;
        });
    assertEquals(before, it.fetch());
    it.hub.close();
    assertEquals(before, it.fetch());
    assertEquals(2, it.notes.size(), it.notes.toString());
  }

  @Test
  void aRevisionThatIsGoneIsAnErrorAllTheSame() {
    it.repository().commit("v1", HubFixture.model());
    it.fetch(HubFixture.NAME + "@v1");
    it.hub.setFault(
        (exchange, _) -> {
          LoopbackHub.answer(exchange, 404, Map.of("X-Error-Code", "RevisionNotFound"), "");
          return true;
        });
    HubException gone = assertThrows(HubException.class, () -> it.fetch(HubFixture.NAME + "@v1"));
    assertEquals(Reason.NO_REVISION, gone.reason());
  }

  @Test
  void withoutLinksFilesAreMovedAndFoundAgain() throws IOException {
    it.options = it.options.withLinks(false);
    Snapshot found = it.fetch();
    assertFalse(Files.isSymbolicLink(found.weights()));
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(found.weights()));
    assertTrue(it.content().keySet().stream().noneMatch(name -> name.contains("/blobs/")));
    it.options = it.options.withOffline(true);
    assertEquals(found, it.fetch());
  }

  @Test
  void twoSymbolicLinksLeadToASharedContent() throws IOException {
    share(it.fetch().weights());
    it.options = it.options.withOffline(true);
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(it.fetch().weights()));
  }

  @Test
  void aLinkOutOfTheCacheIsNoFileOfIt() throws IOException {
    Snapshot found = it.fetch();
    Path outside = Files.write(folder.resolve("outside"), HubFixture.WEIGHTS);
    Files.delete(found.weights());
    Files.createSymbolicLink(found.weights(), outside);
    it.options = it.options.withOffline(true);
    assertEquals(Reason.OFFLINE, assertThrows(HubException.class, it::fetch).reason());
  }

  @Test
  void aReferenceThatIsNoCommitNamesItsFile() throws IOException {
    it.fetch();
    Path ref = it.cache.resolve("models--some-org--vit-tiny/refs/main");
    Files.writeString(ref, "../../../x");
    it.options = it.options.withOffline(true);
    HubException refused = assertThrows(HubException.class, it::fetch);
    assertTrue(refused.getMessage().contains(ref.toString()), refused.getMessage());
    it.options = it.options.withOffline(false);
    it.fetch();
    assertEquals(it.repository().head("main"), Files.readString(ref));
  }

  @Test
  void aContentThatIsTooShortIsFetchedAgain() throws IOException {
    Snapshot found = it.fetch();
    Files.write(found.weights().toRealPath(), new byte[10]);
    Snapshot again = it.fetch();
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(again.weights()));
  }
}
