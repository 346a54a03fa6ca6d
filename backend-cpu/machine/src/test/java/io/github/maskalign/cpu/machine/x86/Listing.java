package io.github.maskalign.cpu.machine.x86;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** An assembler that also writes its instructions as text, in the syntax of GNU as. */
public final class Listing extends Assembler {

  private final List<String> text = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();

  /** An instruction and its bytes. */
  public record Line(String text, List<Byte> bytes) {}

  @Override
  protected void instruction(String name, Object... operands) {
    String list = Arrays.stream(operands).map(Object::toString).collect(Collectors.joining(", "));
    if (name.equals("jne")) {
      // From here; as would take the form with a distance of 8 bits where that is enough.
      text.add("{disp32} jne .-" + list);
    } else {
      text.add((name + " " + list).strip());
    }
    starts.add(position());
  }

  /** Everything that was written, in order. */
  public List<Line> lines() {
    byte[] code = bytes();
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < text.size(); i++) {
      int to = i + 1 < text.size() ? starts.get(i + 1) : code.length;
      List<Byte> bytes = new ArrayList<>();
      for (int at = starts.get(i); at < to; at++) {
        bytes.add(code[at]);
      }
      lines.add(new Line(text.get(i), bytes));
    }
    return lines;
  }
}
