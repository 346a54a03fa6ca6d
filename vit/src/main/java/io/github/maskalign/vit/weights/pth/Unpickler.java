package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.pth.PyValue.Bytes;
import io.github.maskalign.vit.weights.pth.PyValue.Flag;
import io.github.maskalign.vit.weights.pth.PyValue.Instance;
import io.github.maskalign.vit.weights.pth.PyValue.Items;
import io.github.maskalign.vit.weights.pth.PyValue.Name;
import io.github.maskalign.vit.weights.pth.PyValue.None;
import io.github.maskalign.vit.weights.pth.PyValue.Real;
import io.github.maskalign.vit.weights.pth.PyValue.Scalar;
import io.github.maskalign.vit.weights.pth.PyValue.Table;
import io.github.maskalign.vit.weights.pth.PyValue.Text;
import io.github.maskalign.vit.weights.pth.PyValue.Whole;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the small stack machine that a pickle is a program for, so far as it makes plain data and
 * tensors. There is nothing in it that could call anything: a global is a name, looked up among the
 * few that {@link Globals} knows, and an unknown one ends the reading. It does not recurse.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">The opcodes</a>
 */
final class Unpickler {

  /** Longer integers are of no use here, and slow to print. */
  private static final int MAX_INTEGER_BYTES = 256;

  private static final int HIGHEST_PROTOCOL = 5;

  private final PickleInput input;
  private final PickleStack stack;
  private final Map<String, PthStorage> storages = new HashMap<>();

  private Unpickler(PickleInput input) {
    this.input = input;
    this.stack = new PickleStack(input);
  }

  /**
   * What a pickle made.
   *
   * @param storages all that it mentions, by key
   * @param end the position behind the pickle
   */
  record Result(PyValue value, Map<String, PthStorage> storages, long end) {}

  /**
   * Reads one pickle.
   *
   * @param description of the file, for messages
   * @throws FormatException if it is damaged, or asks for more than plain data and tensors
   */
  static Result read(String description, MemorySegment bytes, long from) {
    PickleInput input = new PickleInput(description, bytes, from);
    Unpickler machine = new Unpickler(input);
    int opcode = input.u8();
    while (opcode != '.') {
      machine.step(opcode);
      opcode = input.u8();
    }
    PyValue value = machine.stack.pop();
    if (!machine.stack.isEmpty()) {
      throw input.fault("ends before it has put its values together");
    }
    return new Result(value, machine.storages, input.position());
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(input.u8());
      case 0x95 -> input.i64(); // a frame: how much to read at once
      case '(' -> stack.mark();
      case '0' -> stack.pop();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.top());
      case 'q' -> stack.memorize(input.u8());
      case 'r' -> stack.memorize(input.u32());
      case 0x94 -> stack.memorize();
      case 'h' -> stack.recall(input.u8());
      case 'j' -> stack.recall(input.u32());
      case ']', ')', 0x8f -> stack.push(new Items(List.of()));
      case 0x85, 0x86, 0x87 -> stack.push(new Items(stack.pop(opcode - 0x84)));
      case 'l', 't', 0x91 -> stack.push(new Items(stack.popToMark()));
      case 'a' -> append(List.of(stack.pop()));
      case 'e', 0x90 -> append(stack.popToMark());
      case '}' -> stack.push(new Table());
      case 'd' -> dict(stack.popToMark());
      case 's' -> putAll(stack.pop(2));
      case 'u' -> putAll(stack.popToMark());
      case 'c' -> stack.push(Globals.lookUp(input, input.line(), input.line()));
      case 0x93 -> lookUp(stack.pop(2));
      case 'R', 0x81 -> make(stack.pop(2));
      case 'b' -> build(stack.pop());
      case 'Q' -> stack.push(storage(stack.pop()));
      default -> stack.push(literal(opcode));
    }
  }

  private PthStorage storage(PyValue id) {
    PthStorage storage = Globals.storage(input, id);
    storages.putIfAbsent(storage.key(), storage);
    return storage;
  }

  private Scalar scalar(PyValue value) {
    if (value instanceof Scalar scalar) {
      return scalar;
    }
    throw input.fault("has a dict whose keys are not plain numbers or strings");
  }

  private PyValue literal(int opcode) {
    return switch (opcode) {
      case 'N' -> None.NONE;
      case 0x88 -> new Flag(true);
      case 0x89 -> new Flag(false);
      case 'J' -> Whole.of(input.i32());
      case 'K' -> Whole.of(input.u8());
      case 'M' -> Whole.of(input.u16());
      case 0x8a -> new Whole(input.integer(input.u8()));
      case 0x8b -> new Whole(input.integer(integerLength(input.u32())));
      case 'G' -> new Real(input.bigEndianDouble());
      case 'X' -> new Text(input.utf8(input.u32()));
      case 0x8c -> new Text(input.utf8(input.u8()));
      case 0x8d -> new Text(input.utf8(input.i64()));
      case 'T' -> new Text(input.latin1(input.u32()));
      case 'U' -> new Text(input.latin1(input.u8()));
      case 'B' -> new Bytes(input.array(input.u32()));
      case 'C' -> new Bytes(input.array(input.u8()));
      case 0x8e, 0x96 -> new Bytes(input.array(input.i64()));
      default ->
          throw input.fault(
              "has the opcode 0x%02x before byte %d, which torch.save does not write"
                  .formatted(opcode, input.position()));
    };
  }

  private long integerLength(long length) {
    if (length > MAX_INTEGER_BYTES) {
      throw input.fault("has an integer of " + length + " bytes");
    }
    return length;
  }

  private void protocol(int version) {
    if (version > HIGHEST_PROTOCOL) {
      throw input.fault("is of protocol " + version + ", the highest known is " + HIGHEST_PROTOCOL);
    }
  }

  private void append(List<PyValue> values) {
    if (!(stack.top() instanceof Items items)) {
      throw input.fault("appends to something that is no list");
    }
    values.forEach(items::add);
  }

  private void dict(List<PyValue> content) {
    stack.push(new Table());
    putAll(content);
  }

  /** Keys and values in turn. */
  private void putAll(List<PyValue> content) {
    if (!(stack.top() instanceof Table table) || content.size() % 2 != 0) {
      throw input.fault("puts entries into something that is no dict, or a key without a value");
    }
    for (int i = 0; i < content.size(); i += 2) {
      table.put(scalar(content.get(i)), content.get(i + 1));
    }
  }

  private void lookUp(List<PyValue> names) {
    if (names.get(0) instanceof Text module && names.get(1) instanceof Text name) {
      stack.push(Globals.lookUp(input, module.value(), name.value()));
    } else {
      throw input.fault("looks up a global whose name is no string");
    }
  }

  private void make(List<PyValue> what) {
    if (what.get(0) instanceof Name name && what.get(1) instanceof Items arguments) {
      stack.push(Globals.make(input, name, arguments));
    } else {
      throw input.fault("calls something that is no known class");
    }
  }

  /**
   * Gives an object its attributes. Those of dicts and tensors are notes of torch's own, and what
   * is no dict is the inner state of a dtype; neither is kept.
   */
  private void build(PyValue state) {
    switch (stack.top()) {
      case Instance instance when state instanceof Table table -> instance.share(table);
      case Items _, Name _, Scalar _, Bytes _, PthStorage _ ->
          throw input.fault("gives attributes to something that has none");
      case Instance _, Table _, PthTensor _ -> {}
    }
  }
}
