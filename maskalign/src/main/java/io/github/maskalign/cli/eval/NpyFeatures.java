package io.github.maskalign.cli.eval;

import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * An array [N, D] of 32-bit floats for {@code numpy.load} (NPY, version 1.0), and a table beside it
 * with the name, label and class of each row.
 */
final class NpyFeatures implements FeatureFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  /** A multiple of 64 with room for any shape, as the number of rows is known at the end. */
  private static final int HEADER_BYTES = 128;

  private final AtomicFile file;
  private final CsvFeatures table;
  private final int width;
  private long rows;

  NpyFeatures(Path path, Path tablePath, int width) throws IOException {
    this.file = AtomicFile.create(path);
    this.width = width;
    try {
      this.table = new CsvFeatures(tablePath, 0);
      file.channel().position(HEADER_BYTES);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void add(Batch batch, float[] features, Image[] images) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(features.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(features);
    file.write(bytes);
    table.add(batch, features, images);
    rows += images.length;
  }

  @Override
  public void commit() throws IOException {
    file.channel().position(0);
    file.write(header());
    // The array last: where it is, its table is too.
    table.commit();
    file.commit();
  }

  private ByteBuffer header() {
    String shape =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }".formatted(rows, width);
    int text = HEADER_BYTES - MAGIC.length - Short.BYTES;
    String padded = shape + " ".repeat(text - shape.length() - 1) + "\n";
    return ByteBuffer.allocate(HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) text)
        .put(padded.getBytes(StandardCharsets.US_ASCII))
        .flip();
  }

  @Override
  public void close() throws IOException {
    try (file) {
      table.close();
    }
  }
}
