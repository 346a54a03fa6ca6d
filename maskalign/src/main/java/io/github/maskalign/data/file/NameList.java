package io.github.maskalign.data.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.tensor.error.FormatException;
import java.util.List;

/** A compact list of names: strings would take several times the memory. */
public final class NameList {

  private final byte[] text;
  private final int[] ends;

  private NameList(byte[] text, int[] ends) {
    this.text = text;
    this.ends = ends;
  }

  /** Copies names. */
  public static NameList of(List<String> names) {
    int[] ends = new int[names.size()];
    int length = 0;
    for (int i = 0; i < ends.length; i++) {
      length = added(length, names.get(i).getBytes(UTF_8).length);
      ends[i] = length;
    }
    byte[] text = new byte[length];
    for (int i = 0; i < ends.length; i++) {
      byte[] name = names.get(i).getBytes(UTF_8);
      System.arraycopy(name, 0, text, ends[i] - name.length, name.length);
    }
    return new NameList(text, ends);
  }

  private static int added(int length, int more) {
    if (length > Integer.MAX_VALUE - 8 - more) {
      throw new FormatException("the names of the images take more than 2 GiB; split the data set");
    }
    return length + more;
  }

  /** Number of names. */
  public int size() {
    return ends.length;
  }

  /** The name of a number, from 0. */
  public String get(int number) {
    int from = number == 0 ? 0 : ends[number - 1];
    return new String(text, from, ends[number] - from, UTF_8);
  }
}
