package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of tensors in device memory for multi-tensor kernels, see {@code table.cuh}. An entry is
 * a row of 64-bit words. Empty tensors have no entry.
 */
final class TensorTable {

  private static final int ELEMENTS_PER_BLOCK = 8192;

  private final List<long[]> rows = new ArrayList<>();
  private long blocks;

  /**
   * Adds an entry: the addresses of tensors of one size, their size, the first block, and scalars.
   */
  void add(List<Tensor> tensors, double... scalars) {
    long size = tensors.getFirst().size();
    if (size == 0) {
      return;
    }
    int addresses = tensors.size();
    long[] row = new long[addresses + 2 + scalars.length];
    for (int i = 0; i < addresses; i++) {
      row[i] = KernelArguments.address(tensors.get(i));
    }
    row[addresses] = size;
    row[addresses + 1] = blocks;
    for (int i = 0; i < scalars.length; i++) {
      row[addresses + 2 + i] = Double.doubleToRawLongBits(scalars[i]);
    }
    rows.add(row);
    blocks += Math.ceilDiv(size, ELEMENTS_PER_BLOCK);
  }

  /** Number of entries. */
  int entries() {
    return rows.size();
  }

  /** Number of blocks of all entries. */
  long blocks() {
    return blocks;
  }

  /** Copies the table to the device; the caller frees it after the launch. */
  CudaStorage upload(Gpu gpu) {
    int width = rows.getFirst().length;
    long[] words = new long[rows.size() * width];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, words, i * width, width);
    }
    CudaStorage storage = gpu.pool().allocate((long) words.length * Long.BYTES);
    gpu.transfers().upload(MemorySegment.ofArray(words), storage.address());
    return storage;
  }
}
