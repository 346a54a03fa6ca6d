package io.github.maskalign.vit.hub.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of repositories, revisions, files and contents. */
class HubNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "openai/clip-vit-base-patch16", "a/b", "A_.x/0-9"})
  void repositories(String name) {
    RepositoryId id = new RepositoryId(name);
    assertEquals(Optional.of(id), RepositoryId.ofFolder(id.folder()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "a/", "/b", "a/b/c", "a b/c", "a/-b", "a/b-", ".a/b", "a./b", "a--b/c", "a..b/c",
        "a/b.git", "é/b", "a/b\\c", "..", "a/.."
      })
  void noRepositories(String name) {
    assertThrows(ArgumentException.class, () -> new RepositoryId(name));
  }

  @Test
  void aPartOfARepositoryHasALongestName() {
    assertEquals(96, new RepositoryId("x".repeat(96)).name().length());
    assertThrows(ArgumentException.class, () -> new RepositoryId("x".repeat(97)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"main", "v1.0", "refs/pr/12", "feature/x_y", "0a85693c"})
  void revisions(String name) {
    assertEquals(Optional.empty(), new Revision(name).commit());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/.b", "a\\b", "a b", "a\u0007", "a:b"
      })
  void noRevisions(String name) {
    assertThrows(ArgumentException.class, () -> new Revision(name));
  }

  @ParameterizedTest
  @CsvSource({
    "hf:a/b, a/b, main",
    "hf:a/b@v1, a/b, v1",
    "hf:a/b@refs/pr/1, a/b, refs/pr/1",
    "hf:gpt2, gpt2, main"
  })
  void references(String text, String repository, String revision) {
    ModelReference found = ModelReference.parse(text).orElseThrow();
    assertEquals(repository, found.repository().name());
    assertEquals(revision, found.revision().name());
    assertEquals(text, found.toString());
  }

  @Test
  void pathsAreNoReferences() {
    assertEquals(Optional.empty(), ModelReference.parse("a/b"));
    assertThrows(ArgumentException.class, () -> ModelReference.parse("hf:"));
    assertThrows(ArgumentException.class, () -> ModelReference.parse("hf:a/b@"));
  }

  @ParameterizedTest
  @CsvSource({
    "model.safetensors, model.safetensors",
    "a b/c#d?e+f:g%h, a%20b/c%23d%3Fe%2Bf%3Ag%25h",
    "é, %C3%A9",
    "~-._, ~-._"
  })
  void pathsInAddresses(String path, String encoded) {
    assertEquals(encoded, new RemotePath(path).encoded());
  }

  @Property
  void aPathStaysInItsFolder(@ForAll String text) {
    Path folder = Path.of("snapshots", "commit");
    try {
      Path file = new RemotePath(text).in(folder);
      assertTrue(file.normalize().startsWith(folder));
      assertFalse(file.normalize().equals(folder));
    } catch (FormatException refused) {
      assertFalse(refused.getMessage().isBlank());
    }
  }

  @Test
  void digestsAreThoseOfGitAndOfSha256() {
    byte[] content = "hello\n".getBytes(StandardCharsets.US_ASCII);
    for (String digest :
        new String[] {
          "ce013625030ba8dba906f756967f9e9ca394464a",
          "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
        }) {
      ContentDigest expected = new ContentDigest(digest);
      for (String tag : List.of(digest, '"' + digest + '"', "W/\"" + digest + '"')) {
        assertTrue(ContentDigest.isETagOf(tag, expected), tag);
      }
      ContentDigest.Computation found = expected.compute(content.length);
      found.add(ByteBuffer.wrap(content));
      assertEquals(expected, found.result());
    }
    assertThrows(FormatException.class, () -> new ContentDigest("../../../x"));
  }
}
