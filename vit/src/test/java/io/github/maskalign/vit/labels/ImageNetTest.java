package io.github.maskalign.vit.labels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ImageNetTest {

  @Test
  void classesAreInTheOrderOfTheirSynsets() {
    assertEquals(ImageNet.SIZE, ImageNet.names().size());
    assertEquals(ImageNet.synsets().stream().sorted().toList(), ImageNet.synsets());
    assertEquals("tench", ImageNet.names().getFirst());
    assertEquals("tabby", ImageNet.names().get(281));
    assertEquals("n02123045", ImageNet.synsets().get(281));
    assertEquals("toilet tissue", ImageNet.names().getLast());
  }

  @Test
  void synsetsHaveNumbers() {
    assertEquals(OptionalInt.of(281), ImageNet.index("n02123045"));
    assertEquals(OptionalInt.empty(), ImageNet.index("n00000000"));
    assertTrue(ImageNet.synsets().stream().allMatch(synset -> synset.matches("n\\d{8}")));
    assertEquals(ImageNet.SIZE, new HashSet<>(ImageNet.synsets()).size());
  }
}
