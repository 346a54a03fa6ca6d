package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of tensors in device memory for kernels that work on many at once, as {@code table.cuh}
 * has it: every entry is a line of 64-bit words, with the number of the first block that works on
 * it. Entries without elements are left out.
 */
final class TensorTable {

  private static final int ELEMENTS_OF_A_BLOCK = 8192;

  private final List<long[]> lines = new ArrayList<>();
  private long blocks;

  /**
   * Adds an entry: the addresses of tensors of one size, the size, the first block, and more words.
   */
  void add(List<Tensor> tensors, double... more) {
    long size = tensors.getFirst().size();
    if (size == 0) {
      return;
    }
    int addresses = tensors.size();
    long[] line = new long[addresses + 2 + more.length];
    for (int i = 0; i < addresses; i++) {
      line[i] = Operands.address(tensors.get(i));
    }
    line[addresses] = size;
    line[addresses + 1] = blocks;
    for (int i = 0; i < more.length; i++) {
      line[addresses + 2 + i] = Double.doubleToRawLongBits(more[i]);
    }
    lines.add(line);
    blocks += Math.ceilDiv(size, ELEMENTS_OF_A_BLOCK);
  }

  /** Number of entries. */
  int entries() {
    return lines.size();
  }

  /** Number of blocks that work on all entries. */
  long blocks() {
    return blocks;
  }

  /** The table on the device, to be freed behind the launch. */
  CudaStorage upload(Gpu gpu) {
    int width = lines.getFirst().length;
    long[] words = new long[lines.size() * width];
    for (int i = 0; i < lines.size(); i++) {
      System.arraycopy(lines.get(i), 0, words, i * width, width);
    }
    CudaStorage storage = gpu.pool().allocate((long) words.length * Long.BYTES);
    gpu.transfers().upload(MemorySegment.ofArray(words), storage.address());
    return storage;
  }
}
