package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.pth.PyValue.Bool;
import io.github.maskalign.vit.weights.pth.PyValue.Bytes;
import io.github.maskalign.vit.weights.pth.PyValue.Dict;
import io.github.maskalign.vit.weights.pth.PyValue.Float;
import io.github.maskalign.vit.weights.pth.PyValue.Global;
import io.github.maskalign.vit.weights.pth.PyValue.Instance;
import io.github.maskalign.vit.weights.pth.PyValue.Int;
import io.github.maskalign.vit.weights.pth.PyValue.None;
import io.github.maskalign.vit.weights.pth.PyValue.Scalar;
import io.github.maskalign.vit.weights.pth.PyValue.Sequence;
import io.github.maskalign.vit.weights.pth.PyValue.Str;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The virtual machine of pickles, limited to plain data and tensors. It cannot call functions: a
 * global is a name, looked up among those that {@link Globals} allows, and any other is an error.
 * It does not recurse.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">Pickle opcodes</a>
 */
final class Unpickler {

  /** Longer integers are not needed, and slow to print. */
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
   * The result of a pickle.
   *
   * @param storages all storages it mentions, by key
   * @param end position after the pickle
   */
  record Result(PyValue value, Map<String, PthStorage> storages, long end) {}

  /**
   * Reads one pickle.
   *
   * @param description of the file, for messages
   * @throws FormatException if it is damaged, or contains more than plain data and tensors
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
      throw input.fault("ends with more than one value");
    }
    return new Result(value, machine.storages, input.position());
  }

  private void step(int opcode) {
    switch (opcode) {
      case 0x80 -> protocol(input.u8());
      case 0x95 -> input.i64(); // length of a frame, for buffering
      case '(' -> stack.mark();
      case '0' -> stack.pop();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.top());
      case 'q' -> stack.memorize(input.u8());
      case 'r' -> stack.memorize(input.u32());
      case 0x94 -> stack.memorize();
      case 'h' -> stack.recall(input.u8());
      case 'j' -> stack.recall(input.u32());
      case ']', ')', 0x8f -> stack.push(new Sequence(List.of()));
      case 0x85, 0x86, 0x87 -> stack.push(new Sequence(stack.pop(opcode - 0x84)));
      case 'l', 't', 0x91 -> stack.push(new Sequence(stack.popToMark()));
      case 'a' -> append(List.of(stack.pop()));
      case 'e', 0x90 -> append(stack.popToMark());
      case '}' -> stack.push(new Dict());
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

  private PyValue literal(int opcode) {
    return switch (opcode) {
      case 'N' -> None.NONE;
      case 0x88 -> new Bool(true);
      case 0x89 -> new Bool(false);
      case 'J' -> Int.of(input.i32());
      case 'K' -> Int.of(input.u8());
      case 'M' -> Int.of(input.u16());
      case 0x8a -> new Int(input.integer(input.u8()));
      case 0x8b -> new Int(input.integer(integerLength(input.u32())));
      case 'G' -> new Float(input.bigEndianDouble());
      case 'X' -> new Str(input.utf8(input.u32()));
      case 0x8c -> new Str(input.utf8(input.u8()));
      case 0x8d -> new Str(input.utf8(input.i64()));
      case 'T' -> new Str(input.latin1(input.u32()));
      case 'U' -> new Str(input.latin1(input.u8()));
      case 'B' -> new Bytes(input.array(input.u32()));
      case 'C' -> new Bytes(input.array(input.u8()));
      case 0x8e, 0x96 -> new Bytes(input.array(input.i64()));
      default ->
          throw input.fault(
              "has the unsupported opcode 0x%02x before byte %d"
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
      throw input.fault(
          "has protocol " + version + ", the highest supported is " + HIGHEST_PROTOCOL);
    }
  }

  private void append(List<PyValue> values) {
    if (!(stack.top() instanceof Sequence items)) {
      throw input.fault("appends to something that is not a list");
    }
    values.forEach(items::add);
  }

  private void dict(List<PyValue> content) {
    stack.push(new Dict());
    putAll(content);
  }

  /** Alternating keys and values. */
  private void putAll(List<PyValue> content) {
    if (!(stack.top() instanceof Dict table) || content.size() % 2 != 0) {
      throw input.fault("puts entries into something that is not a dict, or a key without a value");
    }
    for (int i = 0; i < content.size(); i += 2) {
      if (content.get(i) instanceof Dict) {
        throw input.fault("has a dict as the key of a dict");
      }
      table.put(content.get(i), content.get(i + 1));
    }
  }

  private void lookUp(List<PyValue> names) {
    if (names.get(0) instanceof Str module && names.get(1) instanceof Str name) {
      stack.push(Globals.lookUp(input, module.value(), name.value()));
    } else {
      throw input.fault("looks up a global whose name is not a string");
    }
  }

  private void make(List<PyValue> what) {
    if (what.get(0) instanceof Global name && what.get(1) instanceof Sequence arguments) {
      stack.push(Globals.make(input, name, arguments));
    } else {
      throw input.fault("calls something that is not an allowed class");
    }
  }

  /**
   * Sets the attributes of an object. Those of dicts and tensors are internal to torch, and other
   * states are those of dtypes; neither is kept.
   */
  private void build(PyValue state) {
    switch (stack.top()) {
      case Instance instance when state instanceof Dict table -> instance.share(table);
      case Sequence _, Global _, Scalar _, Bytes _, PthStorage _ ->
          throw input.fault("sets attributes of something that has none");
      case Instance _, Dict _, PthTensor _ -> {}
    }
  }
}
