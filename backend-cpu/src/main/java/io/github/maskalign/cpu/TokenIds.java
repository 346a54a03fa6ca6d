package io.github.maskalign.cpu;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Token numbers {@code [B, K]} as the gather kernel takes them, each checked. */
final class TokenIds {

  private TokenIds() {}

  static int[] read(Tensor ids, int tokens) {
    MemorySegment segment = Host.segment(ids);
    long start = Host.offset(ids);
    int columns = ids.dim(1);
    int[] checked = new int[Math.multiplyExact(ids.dim(0), columns)];
    for (int i = 0; i < checked.length; i++) {
      long row = i / columns * ids.layout().stride(0);
      long at = start + row + i % columns * ids.layout().stride(1);
      long id =
          ids.dtype() == DType.I32
              ? segment.getAtIndex(ValueLayout.JAVA_INT, at)
              : segment.getAtIndex(ValueLayout.JAVA_LONG, at);
      if (id < 0 || id >= tokens) {
        throw new ShapeException("gatherTokens: id " + id + " is not inside [0, " + tokens + ")");
      }
      checked[i] = (int) id;
    }
    return checked;
  }
}
