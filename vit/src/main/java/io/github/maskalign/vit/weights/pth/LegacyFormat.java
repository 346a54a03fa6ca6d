package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.pth.PyValue.Flag;
import io.github.maskalign.vit.weights.pth.PyValue.Items;
import io.github.maskalign.vit.weights.pth.PyValue.Table;
import io.github.maskalign.vit.weights.pth.PyValue.Text;
import io.github.maskalign.vit.weights.pth.PyValue.Whole;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * The format before torch 1.6: pickles of a magic number, a version, facts about the machine, the
 * content and the keys of the storages; then the storages, each behind its number of elements.
 */
final class LegacyFormat {

  private static final Whole MAGIC = new Whole(new BigInteger("1950a86a20f9469cfc6c", 16));
  private static final Whole VERSION = Whole.of(1001);
  private static final byte PROTOCOL_OPCODE = (byte) 0x80;

  private LegacyFormat() {}

  /** Whether these bytes begin as a pickle does. */
  static boolean begins(MemorySegment bytes) {
    return bytes.byteSize() > 0 && bytes.get(ValueLayout.JAVA_BYTE, 0) == PROTOCOL_OPCODE;
  }

  static PthFile.Content read(String description, MemorySegment bytes) {
    if (!begins(bytes)) {
      throw new FormatException(
          description
              + ": begins neither as a zip archive nor as a pickle; not a file of torch.save");
    }
    Unpickler.Result magic = Unpickler.read(description, bytes, 0);
    if (!magic.value().equals(MAGIC)) {
      throw new FormatException(
          description + ": a pickle without torch's magic number; not a file of torch.save");
    }
    Unpickler.Result version = Unpickler.read(description, bytes, magic.end());
    if (!version.value().equals(VERSION)) {
      throw new FormatException(description + ": of another version of torch's older format");
    }
    Unpickler.Result machine = Unpickler.read(description, bytes, version.end());
    if (!(machine.value() instanceof Table facts)
        || !new Flag(true).equals(facts.get("little_endian"))) {
      throw new FormatException(
          description + ": its byte order is not little-endian; save it on another machine");
    }
    Unpickler.Result content = Unpickler.read(description, bytes, machine.end());
    Unpickler.Result keys = Unpickler.read(description, bytes, content.end());
    if (!(keys.value() instanceof Items items)) {
      throw new FormatException(description + ": the pickle of the storages' keys is no list");
    }
    return new PthFile.Content(
        content.value(), storages(description, bytes, keys.end(), items, content.storages()));
  }

  private static Map<String, MemorySegment> storages(
      String description,
      MemorySegment bytes,
      long from,
      Items keys,
      Map<String, PthStorage> known) {
    PickleInput input = new PickleInput(description, bytes, from);
    Map<String, MemorySegment> storages = new HashMap<>();
    for (PyValue key : keys.values()) {
      PthStorage storage = key instanceof Text text ? known.get(text.value()) : null;
      if (storage == null) {
        throw new FormatException(description + ": has the bytes of a storage that nothing uses");
      }
      long elements = input.i64();
      if (elements != storage.elements()) {
        throw new FormatException(
            "%s: storage '%s' has %d elements here and %d there"
                .formatted(description, storage.key(), elements, storage.elements()));
      }
      long start = input.position();
      input.skip(storage.bytes());
      storages.put(storage.key(), bytes.asSlice(start, storage.bytes()));
    }
    return storages;
  }
}
