package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The format of torch 1.6 and newer: an archive of a pickle and one entry a storage. */
final class ZipFormat {

  private static final String PICKLE = "data.pkl";
  private static final String BYTE_ORDER = "byteorder";
  private static final String STORAGES = "data/";

  /** The byte order is a word. */
  private static final int LONGEST_WORD = 16;

  private ZipFormat() {}

  static PthFile.Content read(String description, MemorySegment bytes) {
    ZipDirectory zip = new ZipDirectory(description, bytes);
    String prefix = prefix(description, zip);
    checkByteOrder(description, zip.get(prefix + BYTE_ORDER));
    Map<String, MemorySegment> storages = new HashMap<>();
    zip.entries()
        .forEach(
            (name, segment) -> {
              if (name.startsWith(prefix + STORAGES)) {
                storages.put(name.substring(prefix.length() + STORAGES.length()), segment);
              }
            });
    MemorySegment pickle = zip.entries().get(prefix + PICKLE);
    return new PthFile.Content(Unpickler.read(description, pickle, 0).value(), storages);
  }

  /** All entries lie in one folder. */
  private static String prefix(String description, ZipDirectory zip) {
    List<String> pickles =
        zip.entries().keySet().stream()
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .toList();
    if (pickles.size() != 1) {
      throw new FormatException(
          "%s: a zip archive with %d entries named %s, one is needed; not a file of torch.save"
              .formatted(description, pickles.size(), PICKLE));
    }
    String name = pickles.getFirst();
    return name.substring(0, name.length() - PICKLE.length());
  }

  private static void checkByteOrder(String description, @Nullable MemorySegment word) {
    if (word == null) {
      return;
    }
    MemorySegment start = word.asSlice(0, Math.min(word.byteSize(), LONGEST_WORD));
    String order =
        new String(start.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII).strip();
    if (!order.equals("little")) {
      throw new FormatException(
          description + ": its byte order is not little-endian; save it on another machine");
    }
  }
}
