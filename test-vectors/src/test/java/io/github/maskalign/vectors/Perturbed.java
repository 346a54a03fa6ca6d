package io.github.maskalign.vectors;

import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;

/** Copies a data file, all numbers but those of the last expected tensor unchanged. */
final class Perturbed {

  private Perturbed() {}

  static void write(Path from, Path to) throws IOException {
    try (SafeTensorsFile file = SafeTensorsFile.open(from);
        Arena arena = Arena.ofConfined()) {
      String last = lastExpected(file);
      SafeTensorsWriter writer = new SafeTensorsWriter();
      for (String name : file.names()) {
        SafeTensorsFile.Entry entry = file.entry(name);
        MemorySegment bytes = arena.allocate(Math.max(1, entry.bytes()), 64);
        bytes.copyFrom(file.segment(name));
        if (name.equals(last)) {
          move(bytes, name, (int) (entry.bytes() / entry.elements()), entry.bytes());
        }
        writer.add(name, entry.dtype(), entry.shape(), bytes.asSlice(0, entry.bytes()));
      }
      writer.write(to);
    }
  }

  /** A file without inputs holds nothing but what is expected. */
  private static String lastExpected(SafeTensorsFile file) {
    List<String> names =
        file.names().stream().filter(name -> file.entry(name).elements() > 0).sorted().toList();
    boolean inputs = names.stream().anyMatch(name -> name.startsWith("in."));
    return names.stream()
        .filter(name -> !inputs || name.matches("(out|grad|final|opt)\\..*"))
        .toList()
        .getLast();
  }

  /**
   * Flips the highest bit of the first number's exponent: 0 becomes 2, and so on. Of bytes all are
   * moved, since it may be their mean that counts, and of a table the last, a result.
   */
  private static void move(MemorySegment bytes, String name, int size, long length) {
    if (size == 1) {
      for (long at = 0; at < length; at++) {
        flip(bytes, at);
      }
    } else {
      flip(bytes, name.equals("table") ? length - 1 : size - 1);
    }
  }

  private static void flip(MemorySegment bytes, long at) {
    byte high = bytes.get(ValueLayout.JAVA_BYTE, at);
    bytes.set(ValueLayout.JAVA_BYTE, at, (byte) (high ^ 0x40));
  }
}
