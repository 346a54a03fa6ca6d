package io.github.maskalign.vit.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users write in place of a weight file. */
class ModelLocationTest {

  private static final Supplier<Hub> NO_HUB =
      () -> {
        throw new AssertionError("a file needs no Hub, nor its settings");
      };

  @ParameterizedTest
  @CsvSource({
    "hf:a/b, hf:a/b",
    "hf:a/b@v1, hf:a/b@v1",
    "clip_b16, hf:openai/clip-vit-base-patch16",
    "DINOv2-S14, hf:facebook/dinov2-small"
  })
  void namesOnTheHub(String text, String reference) {
    ModelLocation found = ModelLocation.parse(text);
    assertEquals(reference, found.reference().orElseThrow().toString());
    assertEquals(text, found.toString());
  }

  @Test
  void aFileThatExistsComesFirst(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("x.safetensors"));
    ModelLocation found = ModelLocation.parse(file.toString());
    assertEquals(Optional.empty(), found.reference());
    assertEquals(file, found.path(NO_HUB, ModelPart.NETWORK, FetchListener.NONE));
    assertEquals(ModelLocation.of(file), found);
  }

  @Test
  void aFileThatIsMissingIsLeftToWhoOpensIt() {
    for (String text : new String[] {"x.safetensors", "a/b/c", "/x/y"}) {
      Path path = ModelLocation.parse(text).path(NO_HUB, ModelPart.NETWORK, FetchListener.NONE);
      assertEquals(Path.of(text), path);
    }
  }

  @Test
  void aNameWithoutThePrefixGetsAHint() {
    ModelLocation location = ModelLocation.parse("some-org/some-model@v1");
    ArgumentException refused =
        assertThrows(
            ArgumentException.class,
            () -> location.path(NO_HUB, ModelPart.NETWORK, FetchListener.NONE));
    assertTrue(refused.getMessage().endsWith("write hf:some-org/some-model@v1"));
  }

  @Test
  void eachPartIsFetchedOnce(@TempDir Path folder) throws IOException {
    try (HubFixture it = new HubFixture(folder)) {
      ModelLocation location = ModelLocation.parse("hf:" + HubFixture.NAME);
      Supplier<Hub> hub = () -> Hub.of(it.options);
      Path found = location.path(hub, ModelPart.NETWORK, it.listener);
      assertEquals(found, location.path(NO_HUB, ModelPart.NETWORK, it.listener));
      it.hub.forget();
      assertEquals(found, location.path(hub, ModelPart.NETWORK_AND_TOKENIZER, it.listener));
      assertTrue(!it.hub.seen().isEmpty());
    }
  }

  @Test
  void placesDiffer() {
    assertNotEquals(ModelLocation.of(Path.of("hf:a/b")), ModelLocation.parse("hf:a/b"));
    assertEquals(ModelLocation.parse("hf:a/b"), ModelLocation.parse("hf:a/b"));
  }
}
