package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.hub.cache.CachedCommit;
import io.github.maskalign.vit.hub.cache.ContentCheck;
import io.github.maskalign.vit.hub.cache.ModelCache;
import io.github.maskalign.vit.hub.cache.Removal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the cache contains, and what is left of it when a model is removed. */
class ModelCacheTest extends HubTestBase {

  private static final String WEIGHTS = "model.safetensors";

  private ModelCache cache() {
    return new ModelCache(it.cache);
  }

  @Test
  void anEmptyCacheHasNoModels() throws IOException {
    assertEquals(List.of(), cache().list());
  }

  @Test
  void eachCommitIsListedWithItsReferences() throws IOException {
    it.fetch();
    String first = it.repository().head("main");
    it.repository().commit("main", HubFixture.model());
    it.fetch();
    it.hub.repository("gpt2").commit("main", HubFixture.model());
    it.fetch("gpt2");
    Files.writeString(it.cache.resolve("version.txt"), "1");
    List<CachedCommit> all = cache().list();
    assertEquals(
        List.of("gpt2", HubFixture.NAME, HubFixture.NAME),
        all.stream().map(each -> each.repository().name()).toList());
    for (CachedCommit each : all) {
      assertEquals(
          each.commit().hex().equals(first) ? List.of() : List.of("main"), each.references());
      assertEquals(List.of("config.json", WEIGHTS, "preprocessor_config.json"), each.files());
      assertTrue(each.bytes() > HubFixture.WEIGHTS.length);
    }
  }

  @Test
  void contentsAreComparedWithTheirDigests() throws IOException {
    Snapshot found = it.fetch();
    CachedCommit commit = cache().list().getFirst();
    for (String file : commit.files()) {
      assertEquals(ContentCheck.WHOLE, ContentCheck.of(commit, file), file);
    }
    byte[] wrong = HubFixture.WEIGHTS.clone();
    wrong[5]++;
    Files.write(found.weights().toRealPath(), wrong);
    assertEquals(ContentCheck.DAMAGED, ContentCheck.of(commit, WEIGHTS));
    Files.delete(found.weights().toRealPath());
    assertEquals(ContentCheck.MISSING, ContentCheck.of(commit, WEIGHTS));
    Files.delete(found.weights());
    Files.write(found.weights(), HubFixture.WEIGHTS);
    assertEquals(ContentCheck.UNKNOWN, ContentCheck.of(commit, WEIGHTS));
  }

  @Test
  void aRemovedCommitLeavesWhatOthersShare() throws IOException {
    it.fetch();
    String first = it.repository().head("main");
    Map<String, RemoteContent> changed = HubFixture.model();
    changed.put("config.json", RemoteContent.small("{\"model_type\": \"deit\"}"));
    it.repository().commit("main", changed);
    Snapshot kept = it.fetch();
    CachedCommit old =
        cache().list().stream()
            .filter(each -> each.commit().hex().equals(first))
            .findFirst()
            .orElseThrow();
    long freed = new Removal(cache()).remove(old);
    assertEquals(HubFixture.model().get("config.json").bytes().length, freed);
    assertEquals(1, cache().list().size());
    assertArrayEquals(HubFixture.WEIGHTS, Files.readAllBytes(kept.weights()));
    it.options = it.options.withOffline(true);
    assertEquals(kept, it.fetch());
  }

  @Test
  void theLastCommitTakesTheRepositoryAlong() throws IOException {
    it.fetch();
    it.hub.repository("gpt2").commit("main", HubFixture.model());
    it.fetch("gpt2");
    for (CachedCommit each : cache().list()) {
      if (!each.repository().name().equals("gpt2")) {
        assertTrue(new Removal(cache()).remove(each) > HubFixture.WEIGHTS.length);
      }
    }
    assertEquals(1, cache().list().size());
    assertFalse(Files.exists(it.cache.resolve("models--some-org--vit-tiny")));
  }

  @Test
  void nothingOutsideTheCacheIsRemoved() throws IOException {
    Snapshot found = it.fetch();
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Path mine = Files.writeString(outside.resolve("mine"), "x");
    Files.createSymbolicLink(found.folder().resolve("link"), outside);
    new Removal(cache()).remove(cache().list().getFirst());
    assertTrue(Files.exists(mine));
  }

  @Test
  void aSharedContentStaysInItsStore() throws IOException {
    Snapshot found = it.fetch();
    Path blob = found.weights().toRealPath();
    Path shared = share(found.weights());
    assertEquals(ContentCheck.WHOLE, ContentCheck.of(cache().list().getFirst(), WEIGHTS));
    new Removal(cache()).remove(cache().list().getFirst());
    assertTrue(Files.exists(shared));
    assertFalse(Files.isSymbolicLink(blob));
  }
}
