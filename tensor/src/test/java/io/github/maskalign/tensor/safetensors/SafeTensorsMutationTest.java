package io.github.maskalign.tensor.safetensors;

import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.entry;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.file;

import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

class SafeTensorsMutationTest extends FuzzContract {
  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\",\"license\":\"MIT\"},%s,%s,%s,%s}  "
          .formatted(
              entry("blocks.0.attn.qkv.weight", "F32", "[6,2]", "[0,48]"),
              entry("ids", "I64", "[2]", "[48,64]"),
              entry("half", "BF16", "[1,3]", "[64,70]"),
              entry("none", "F16", "[0,4]", "[70,70]"));

  @Override
  protected ByteMutator mutator() {
    return ByteMutator.of(
        file(HEADER, 70),
        "[0,0]",
        "99999999",
        "9223372036854775807",
        "-1",
        "1e9",
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "\\u0000",
        "\\ud800",
        "null",
        "F64",
        "U8",
        "shape",
        "__metadata__");
  }

  @Override
  protected void read(byte[] file, String name) {
    Header header = HeaderReader.read(Path.of(name), MemorySegment.ofArray(file));
    header.entries().forEach(SafeTensorsFile.Entry::shape);
  }
}
