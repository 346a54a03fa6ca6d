package io.github.maskalign.vectors.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vectors.cases.PassRule.Rows;
import io.github.maskalign.vectors.cases.PassRule.Tight;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The pass rule, part by part. */
class FindingTest {

  @Test
  void toleranceGrowsWithTheExpectedValue() {
    PassRule rule = new PassRule(1, 0.5, List.of(), 0, null);
    assertTrue(compare(rule, new double[] {6}, 4).passed());
    assertFalse(compare(rule, new double[] {8}, 4).passed());
    assertTrue(compare(rule, new double[] {-6.9}, -4).passed());
  }

  @Test
  void worstElementIsTheOneNearestItsOwnLimit() {
    PassRule rule = new PassRule(1, 1, List.of(), 0, null);
    Finding finding = compare(rule, new double[] {0.9, 105}, 0, 100);
    assertEquals(0.9, finding.error());
    assertEquals(1, finding.tolerance());
  }

  @Test
  void excludedRowsDoNotCount() {
    PassRule rule = new PassRule(0, 0, List.of(new Rows(1, 2)), 0, null);
    double[] got = {1, 2, 9, 9, 5, 6};
    HostTensor expected = new HostTensor(new double[] {1, 2, 3, 4, 5, 6}, new int[] {3, 2});
    assertTrue(
        Finding.compare("x", new HostTensor(got, new int[] {3, 2}), expected, rule).passed());
    got[4] = 5.1;
    assertFalse(
        Finding.compare("x", new HostTensor(got, new int[] {3, 2}), expected, rule).passed());
  }

  @Test
  void excludedRowsAreRunsOfElements() {
    PassRule rule = new PassRule(0, 0, List.of(new Rows(1, 3)), 0, null);
    assertEquals("{4, 5, 6, 7, 8, 9, 10, 11}", rule.excluded(new int[] {4, 2, 2}, 16).toString());
    assertEquals("{}", PassRule.within(1).excluded(new int[0], 1).toString());
  }

  /** Elements may be further off by their own slack, not by that of others. */
  @Test
  void slackAddsToTheTolerance() {
    double[] slack = {0, 2};
    HostTensor expected = new HostTensor(new double[] {10, 10}, new int[] {2});
    PassRule rule = new PassRule(0.5, 0.05, List.of(), 0, null);
    HostTensor near = new HostTensor(new double[] {11, 12.75}, new int[] {2});
    Finding finding = Finding.compare("x", near, expected, rule, i -> slack[i]);
    assertTrue(finding.passed());
    assertEquals(1, finding.tolerance());
    HostTensor far = new HostTensor(new double[] {11.5, 10}, new int[] {2});
    assertFalse(Finding.compare("x", far, expected, rule, i -> slack[i]).passed());
  }

  @Test
  void excludingEverythingIsNoPass() {
    PassRule rule = new PassRule(0, 0, List.of(new Rows(0, 1)), 0, null);
    assertFalse(compare(rule, new double[] {1}, 1).passed());
  }

  @Test
  void fractionOfOutliersIsForgiven() {
    PassRule rule = new PassRule(0.5, 0, List.of(), 0.25, null);
    Finding one = compare(rule, new double[] {9, 0.1, 0, 0}, 0, 0, 0, 0);
    assertTrue(one.passed());
    assertEquals(0.1, one.error());
    assertFalse(compare(rule, new double[] {9, 9, 0, 0}, 0, 0, 0, 0).passed());
  }

  @Test
  void mostElementsKeepTheTightTolerance() {
    PassRule rule = new PassRule(1, 0, List.of(), 0, new Tight(0, 0.5));
    assertTrue(compare(rule, new double[] {1, 1, 0, 0}, 0, 0, 0, 0).passed());
    assertFalse(compare(rule, new double[] {1, 1, 1, 0}, 0, 0, 0, 0).passed());
  }

  @Test
  void notANumberNeverPasses() {
    PassRule rule = new PassRule(Double.MAX_VALUE, 1, List.of(), 0.5, null);
    assertFalse(compare(PassRule.within(1), new double[] {Double.NaN}, 1).passed());
    assertFalse(compare(PassRule.within(1), new double[] {1}, Double.NaN).passed());
    assertFalse(compare(rule, new double[] {Double.NaN}, Double.NaN).passed());
  }

  @Test
  void infinityIsOnlyItself() {
    PassRule rule = new PassRule(1, 1, List.of(), 0, null);
    double infinite = Double.POSITIVE_INFINITY;
    assertTrue(compare(rule, new double[] {infinite}, infinite).passed());
    assertFalse(compare(rule, new double[] {1}, infinite).passed());
    assertFalse(compare(rule, new double[] {-infinite}, infinite).passed());
    assertFalse(compare(rule, new double[] {infinite}, 1).passed());
  }

  @Test
  void failuresAreWorseThanPasses() {
    Finding near = compare(PassRule.within(1), new double[] {0.99}, 0);
    Finding far = compare(PassRule.within(1), new double[] {0.01}, 0);
    Finding failed = Finding.plain("fact", false, "it does not hold");
    assertTrue(near.compareTo(far) > 0);
    assertTrue(failed.compareTo(near) > 0);
  }

  private static Finding compare(PassRule rule, double[] got, double... expected) {
    int[] dims = {expected.length};
    return Finding.compare("x", new HostTensor(got, dims), new HostTensor(expected, dims), rule);
  }
}
