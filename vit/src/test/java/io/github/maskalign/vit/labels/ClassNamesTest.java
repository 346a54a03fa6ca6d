package io.github.maskalign.vit.labels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ClassNamesTest {

  private static final int UNKNOWN = -1;

  private static List<Integer> find(ClassNames classes, String... others) {
    return classes.find(List.of(others)).stream().map(found -> found.orElse(UNKNOWN)).toList();
  }

  private static String refusal(ClassNames classes, String other) {
    return assertThrows(ArgumentException.class, () -> classes.find(List.of(other))).getMessage();
  }

  @Test
  void imageNetIsFoundBySynsetNameAndNumber() {
    ClassNames classes = ClassNames.imageNet();
    assertEquals(
        List.of(281, 281, 2, 2, 281, UNKNOWN, UNKNOWN),
        find(
            classes,
            "n02123045",
            "tabby",
            "great white shark",
            "Great_White-Shark",
            "281",
            "1000",
            "n00000001"));
  }

  @Test
  void synsetsTellClassesOfTheSameNameApart() {
    ClassNames classes = ClassNames.imageNet();
    assertEquals(List.of(134, 517), find(classes, "n02012849", "n03126707"));
    assertEquals(
        "the name crane fits class 134 (n02012849) and class 517 (n03126707); use their synsets",
        refusal(classes, "crane"));
    // Exact names win over those that differ in case.
    assertEquals(List.of(264, 474), find(classes, "Cardigan", "cardigan"));
  }

  @Test
  void labelsInAnyOrderAreFoundBySynset() {
    ClassNames classes = new ClassNames(List.of("tiger cat", "tabby, tabby cat", "zebra"), true);
    assertEquals(
        List.of(1, 0, 1, 1, 2),
        find(classes, "n02123045", "n02123159", "tabby", "tabby, tabby cat", "2"));
    ClassNames synsets = new ClassNames(List.of("n02123159", "n02123045"), true);
    assertEquals(List.of(1, 0, 1), find(synsets, "tabby", "n02123159", "1"));
  }

  @Test
  void numbersOfFoldersMeanNothing() {
    assertEquals(
        List.of(UNKNOWN, 0), find(new ClassNames(List.of("cat", "dog"), false), "0", "cat"));
  }

  @Test
  void aNameThatIsANumberIsNotAnIndex() {
    assertEquals(
        List.of(1, 0, UNKNOWN), find(new ClassNames(List.of("1", "0"), true), "0", "1", "2"));
    assertEquals(List.of(0, 2), find(ClassNames.numbers(3), "0", "2"));
    assertEquals(List.of(OptionalInt.empty()), ClassNames.numbers(3).find(List.of("3")));
  }

  @Test
  void namesThatDifferInCaseOnlyAreRefusedWhereNeitherIsMeant() {
    ClassNames classes = new ClassNames(List.of("Polish", "polish"), true);
    assertEquals(List.of(0, 1), find(classes, "Polish", "polish"));
    assertEquals(
        "the name polish fits class 0 (Polish) and class 1 (polish); use their full names",
        refusal(classes, "POLISH"));
  }
}
