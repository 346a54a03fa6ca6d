package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.vit.hub.name.ModelReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A cache that other programs, versions and processes write too. */
class SharedCacheTest extends HubTestBase {

  private static final String REPOSITORY = "models--some-org--vit-tiny";

  private Path inRepository(String path) {
    return it.cache.resolve(REPOSITORY).resolve(path);
  }

  private Set<String> marks() throws IOException {
    try (Stream<Path> all = Files.walk(inRepository(".no_exist"))) {
      Set<String> names = new TreeSet<>();
      all.filter(Files::isRegularFile).forEach(path -> names.add(path.getFileName().toString()));
      return names;
    }
  }

  @Test
  void whatIsMarkedAsMissingIsMissing() throws IOException {
    it.fetch();
    assertEquals(
        Set.of("open_clip_config.json", "open_clip_model.safetensors", "processor_config.json"),
        marks());
  }

  @Test
  void weightsThatWereNotAskedForAreNotMarked() throws IOException {
    Map<String, RemoteContent> files = HubFixture.model();
    files.put("special.safetensors", RemoteContent.large(HubFixture.bytes(30)));
    files.put(
        "config.json",
        RemoteContent.small(
            "{\"pretrained_cfg\": {\"hf_hub_filename\": \"special.safetensors\"}}"));
    it.repository().commit("main", files);
    assertEquals("special.safetensors", it.fetch().weights().getFileName().toString());
    assertEquals(Set.of("open_clip_config.json", "processor_config.json"), marks());
  }

  @Test
  void offlineWeightsThatAreNotCachedAreNotReplacedByOthers() throws IOException {
    it.fetch();
    Path config = inRepository("snapshots/" + it.repository().head("main") + "/config.json");
    Files.delete(config);
    Files.writeString(config, "{\"pretrained_cfg\": {\"hf_hub_filename\": \"x.safetensors\"}}");
    it.options = it.options.withOffline(true);
    RuntimeException missing = assertThrows(RuntimeException.class, it::fetch);
    assertTrue(missing.getMessage().contains("x.safetensors is not cached"), missing.getMessage());
  }

  @Test
  void aCacheWithoutMarksIsCompletedByTheList() throws IOException {
    String commit = it.fetch().commit().hex();
    Path marks = inRepository(".no_exist");
    try (Stream<Path> all = Files.walk(marks)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
    Files.createDirectories(inRepository("trees"));
    Files.writeString(
        inRepository("trees/" + commit + ".json"),
        "{\"format_version\": 1, \"files\": {\"config.json\": {\"size\": 2, \"blob_id\": \"x\"},"
            + " \"model.safetensors\": {}, \"preprocessor_config.json\": {}}}");
    it.hub.forget();
    it.fetch(HubFixture.NAME + "@" + commit);
    assertEquals(List.of(), it.hub.seen());
  }

  @Test
  void offlineAMarkThatIsMissingIsSaid() throws IOException {
    String commit = it.fetch().commit().hex();
    Files.delete(inRepository(".no_exist/" + commit + "/processor_config.json"));
    it.options = it.options.withOffline(true);
    it.fetch();
    assertEquals(1, it.notes.size(), it.notes.toString());
    assertTrue(it.notes.getFirst().endsWith("may have it: processor_config.json"));
  }

  @Test
  void aPartialCacheDoesNotWaitForAHubThatIsGone() throws IOException {
    String commit = it.fetch().commit().hex();
    Files.delete(inRepository(".no_exist/" + commit + "/processor_config.json"));
    it.hub.close();
    it.fetch(HubFixture.NAME + "@" + commit);
    assertEquals(List.of(), it.slept);
  }

  @Test
  void aCacheThatCannotBeWrittenServesWhatItHolds() throws IOException {
    Snapshot before = it.fetch();
    Path marks = inRepository(".no_exist");
    try (Stream<Path> all = Files.walk(marks)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
    Files.createFile(marks); // no folder can be made here
    assertEquals(before, it.fetch());
    assertTrue(it.notes.getLast().contains("cannot write to the cache"), it.notes.toString());
  }

  @Test
  void contentsHaveThePermissionsOfOtherFiles() throws IOException {
    assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
    Path other = Files.createFile(folder.resolve("other"));
    Snapshot found = it.fetch();
    assertEquals(
        Files.getPosixFilePermissions(other),
        Files.getPosixFilePermissions(found.weights().toRealPath()));
  }

  @Test
  void whatAKilledProcessLeftIsNeitherUsedNorTouched() throws IOException {
    String digest = RemoteContent.large(HubFixture.WEIGHTS).digest();
    Path blobs = Files.createDirectories(inRepository("blobs"));
    Path old = Files.write(blobs.resolve(digest + ".incomplete"), new byte[7]);
    Path own = Files.write(blobs.resolve(digest + ".0a1b2c3d.incomplete"), new byte[9]);
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(it.fetch().weights()));
    assertEquals(7, Files.size(old));
    assertEquals(9, Files.size(own));
  }

  @Test
  void withoutLinksAContentThatIsThereIsCopied() throws IOException {
    it.fetch();
    Map<String, RemoteContent> changed = HubFixture.model();
    changed.put("config.json", RemoteContent.small("{\"model_type\": \"deit\"}"));
    it.repository().commit("main", changed);
    it.options = it.options.withLinks(false);
    it.hub.forget();
    Snapshot found = it.fetch();
    assertFalse(Files.isSymbolicLink(found.weights()));
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(found.weights()));
    assertTrue(it.hub.seen().stream().noneMatch(LoopbackHub.Seen::ofContents));
  }

  @Test
  void aLinkToAnotherContentOfTheSameSizeIsReplaced() throws IOException {
    Snapshot found = it.fetch();
    byte[] other = HubFixture.WEIGHTS.clone();
    other[0]++;
    Path blob = inRepository("blobs/" + RemoteContent.large(other).digest());
    Files.write(blob, other);
    Files.delete(found.weights());
    Files.createSymbolicLink(found.weights(), found.weights().getParent().relativize(blob));
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(it.fetch().weights()));
  }

  @Test
  void aBranchThatMovesDuringALoadDoesNotMixCommits() throws IOException {
    String first = it.repository().head("main");
    Map<String, RemoteContent> later = HubFixture.model();
    later.put("model.safetensors", RemoteContent.large(HubFixture.bytes(40)));
    it.hub.setFault(
        (_, seen) -> {
          if (seen.target().contains("/tree/") && it.repository().head("main").equals(first)) {
            it.repository().commit("main", later);
          }
          return false;
        });
    Snapshot found = it.fetch();
    assertEquals(first, found.commit().hex());
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(found.weights()));
  }

  @Test
  void manyCallersFetchOnce() throws InterruptedException {
    ConcurrentLinkedQueue<Path> found = new ConcurrentLinkedQueue<>();
    Thread[] threads = new Thread[6];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofVirtual()
              .start(
                  () ->
                      found.add(
                          Hub.of(it.options)
                              .fetch(ModelReference.ofName(HubFixture.NAME))
                              .weights()));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(threads.length, found.size());
    assertEquals(1, it.hub.seen().stream().filter(LoopbackHub.Seen::ofContents).count());
  }
}
