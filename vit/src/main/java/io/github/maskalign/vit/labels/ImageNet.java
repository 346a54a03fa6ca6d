package io.github.maskalign.vit.labels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The 1,000 classes of ImageNet-1k, numbered from 0 in the order of their synsets: 281 is {@code
 * n02123045}, tabby. Two names belong to two classes each: crane and maillot.
 *
 * @since 0.1.0
 */
public final class ImageNet {

  /** Number of classes. */
  public static final int SIZE = 1000;

  private static final String RESOURCE = "imagenet_classes.tsv";
  private static final List<String[]> ROWS = rows();
  private static final List<String> SYNSETS = ROWS.stream().map(row -> row[1]).toList();
  private static final List<String> NAMES = ROWS.stream().map(row -> row[2]).toList();
  private static final Map<String, Integer> BY_SYNSET = bySynset();

  private ImageNet() {}

  private static List<String[]> rows() {
    try (InputStream in = ImageNet.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its resource " + RESOURCE);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().map(line -> line.split("\t")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + RESOURCE, e);
    }
  }

  private static Map<String, Integer> bySynset() {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < SYNSETS.size(); i++) {
      numbers.put(SYNSETS.get(i), i);
    }
    return Map.copyOf(numbers);
  }

  /** The first name of each class, by index. */
  public static List<String> names() {
    return NAMES;
  }

  /** The WordNet synset of each class, such as {@code n02123045}, by index. */
  public static List<String> synsets() {
    return SYNSETS;
  }

  /** The index of a synset; empty if it is not one of the 1,000. */
  public static OptionalInt index(String synset) {
    Integer index = BY_SYNSET.get(synset);
    return index == null ? OptionalInt.empty() : OptionalInt.of(index);
  }
}
