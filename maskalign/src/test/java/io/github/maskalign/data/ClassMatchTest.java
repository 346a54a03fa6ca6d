package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.labels.ClassNames;
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
  void foldersOfSynsetsAreMatchedWithNamesOfAnyOrder() {
    Dataset set = set(List.of("n02012849", "n02123045", "n03126707"), 0, 1, 2, 1);
    ClassMatch imageNet = ClassMatch.of(set, "val", ClassNames.imageNet(), "the classifier");
    assertArrayEquals(new int[] {134, 281, 517, 281}, imageNet.set().labels());
    assertEquals(997, imageNet.absent().size());
    assertEquals(1, imageNet.notes().size());
    ClassNames names = new ClassNames(List.of("tabby, tabby cat", "zebra", "goldfish"), true);
    Dataset two = set(List.of("n01443537", "n02123045"), 1, 0);
    assertArrayEquals(new int[] {0, 2}, ClassMatch.of(two, "val", names, "b").set().labels());
  }

  @Test
  void namesAreNotMatchedByPosition() {
    ClassNames names = new ClassNames(List.of("zebra", "apple"), true);
    Dataset set = set(List.of("Apple", "zebra"), 0, 1);
    assertArrayEquals(new int[] {1, 0}, ClassMatch.of(set, "val", names, "b").set().labels());
  }

  @Test
  void numbersOfAListAreThoseOfAPublishedClassifierOnly() {
    Dataset set = set(List.of("281", "7"), 0, 1);
    ClassMatch match = ClassMatch.of(set, "val", ClassNames.imageNet(), "the classifier");
    assertArrayEquals(new int[] {281, 7}, match.set().labels());
    assertEquals(
        "its classes are numbers of the classifier: 281 is tabby", match.notes().getFirst());
    ClassNames folders = new ClassNames(List.of("cat", "dog"), false);
    Dataset numbers = set(List.of("0", "1"), 0, 1);
    assertThrows(ArgumentException.class, () -> ClassMatch.of(numbers, "val", folders, "b"));
  }

  @Test
  void aNameThatFitsSeveralClassesIsRefused() {
    Dataset crane = set(List.of("crane"), 0);
    assertEquals(
        "val: the name crane fits class 134 (n02012849) and class 517 (n03126707); use their"
            + " synsets",
        assertThrows(
                ArgumentException.class,
                () -> ClassMatch.of(crane, "val", ClassNames.imageNet(), "b"))
            .getMessage());
    ClassNames one = new ClassNames(List.of("cat", "dog"), true);
    Dataset twice = set(List.of("CAT", "cat"), 0, 1);
    assertEquals(
        "val: the classes CAT and cat are both cat of the classifier; merge them",
        assertThrows(
                ArgumentException.class, () -> ClassMatch.of(twice, "val", one, "the classifier"))
            .getMessage());
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
