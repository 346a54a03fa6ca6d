package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassMatchTest {

  private static MemoryDataset set(List<String> classes, int... labels) {
    return MemoryDataset.labeled(new byte[labels.length], 1, 1, 1, labels, classes);
  }

  private static int[] matched(Dataset set, String... classes) {
    ClassMatch match = ClassMatch.of(set, "queries", List.of(classes), "gallery");
    assertEquals(List.of(classes), match.set().classNames());
    return match.set().labels();
  }

  private static String refusal(Dataset set, String... classes) {
    return assertThrows(
            ArgumentException.class,
            () -> ClassMatch.of(set, "queries", List.of(classes), "gallery"))
        .getMessage();
  }

  @Test
  void classesAreMatchedByName() {
    Dataset set = set(List.of("apple", "cherry"), 0, 1, 1);
    assertArrayEquals(new int[] {0, 2, 2}, matched(set, "apple", "banana", "cherry"));
    assertArrayEquals(new int[] {1, 0, 0}, matched(set, "cherry", "apple"));
    assertSame(set, ClassMatch.of(set, "a", List.of("apple", "cherry"), "b").set());
    assertEquals(
        "no images of the class banana",
        ClassMatch.of(set, "a", List.of("apple", "banana", "cherry"), "b").absence());
  }

  @Test
  void numbersAreMatchedByValue() {
    Dataset set = set(List.of("0", "1"), 1, 0);
    assertArrayEquals(new int[] {1, 0}, matched(set, "0", "1", "2"));
    assertArrayEquals(new int[] {2, 0}, matched(set, "00", "10", "01"));
    assertArrayEquals(new int[] {1, 0}, matched(set, "0", "1", "01"));
    assertArrayEquals(new int[] {0}, matched(set(List.of("007"), 0), "7"));
  }

  @Test
  void anUnknownClassIsRefusedUnlessItIsEmpty() {
    Dataset set = set(List.of("apple", "empty", "kiwi"), 0, 2);
    assertEquals(
        "queries has the class kiwi, unknown to gallery, which has the classes apple, plum",
        refusal(set, "apple", "plum"));
    assertArrayEquals(new int[] {1, 0}, matched(set, "kiwi", "apple"));
    assertEquals(
        "queries has the class 3, unknown to gallery, which has the classes 0, 1",
        refusal(set(List.of("0", "1", "2", "3"), 0, 3), "0", "1"));
    // Two names of one value cannot both be the one class.
    refusal(set(List.of("01", "1"), 0, 1), "001");
  }

  @Test
  void numbersDoNotMatchNames() {
    assertEquals(
        "queries has the classes 0, 1, unknown to gallery, which has the classes cat, dog;"
            + " classes are matched by name, and names do not match numbers",
        refusal(set(List.of("0", "1"), 0, 1), "cat", "dog"));
  }

  @Test
  void evaluationUsesTheClassesOfTheGallery() {
    Dataset gallery = set(List.of("apple", "banana", "cherry"), 0, 1, 2);
    Dataset queries = set(List.of("apple", "cherry"), 0, 1);
    WholeImage plain = new WholeImage(1, 1, ChannelStats.imageNet());
    FeatureEvaluation evaluation = new FeatureEvaluation(gallery, queries, plain);
    assertArrayEquals(new int[] {0, 2}, evaluation.queries().labels());
  }
}
