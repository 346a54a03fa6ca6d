package io.github.maskalign.data.sets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

class IdxMutationTest extends FuzzContract {

  @Override
  protected ByteMutator mutator() {
    byte[] plain = new byte[16 + 6 * 5 * 4];
    System.arraycopy(new byte[] {0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 5, 0, 0, 0, 4}, 0, plain, 0, 16);
    for (int i = 16; i < plain.length; i++) {
      plain[i] = (byte) (i * i);
    }
    try {
      return new ByteMutator(List.of(plain, Samples.packedIf(true, plain)), List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected void read(byte[] file, String name) throws Exception {
    IdxFile idx = IdxFile.read(new ByteArrayInputStream(file), file.length, name);
    assertEquals(idx.shape().size(), idx.values().length);
  }

  /** What compressed data may expand to. */
  @Override
  protected long memoryLimit(byte[] file) {
    return (1 << 20) + 1100L * file.length;
  }
}
