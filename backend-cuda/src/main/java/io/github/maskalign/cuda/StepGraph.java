package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Graph;
import java.util.ArrayDeque;
import java.util.Map;

/**
 * Work of fixed shapes, queued as a whole by one call. It reads and writes the very tensors that it
 * was captured with; the memory of those that were made and released meanwhile is its own until it
 * is closed, so that nothing else may lie there when it runs again.
 */
final class StepGraph implements AutoCloseable {

  private final Gpu gpu;
  private final TokenIds tokenIds;
  private final Graph graph;
  private final Map<Long, ArrayDeque<Long>> blocks;

  private StepGraph(Gpu gpu, TokenIds tokenIds, Graph graph, Map<Long, ArrayDeque<Long>> blocks) {
    this.gpu = gpu;
    this.tokenIds = tokenIds;
    this.graph = graph;
    this.blocks = blocks;
  }

  /**
   * Notes the work, which does not run. It has run once before, so that its kernels are loaded and
   * its memory is in the pool; it neither uploads nor downloads, and nobody else uses the backend
   * meanwhile.
   */
  static StepGraph capture(Gpu gpu, TokenIds tokenIds, Runnable work) {
    gpu.pool().beginWithholding();
    boolean complete = false;
    try {
      Graph graph = gpu.compute().capture(work);
      complete = true;
      return new StepGraph(gpu, tokenIds, graph, gpu.pool().endWithholding());
    } finally {
      if (!complete) {
        giveBack(gpu, gpu.pool().endWithholding());
      }
    }
  }

  /** Queues all of it. */
  void replay() {
    tokenIds.note();
    graph.launch(gpu.compute());
  }

  private static void giveBack(Gpu gpu, Map<Long, ArrayDeque<Long>> blocks) {
    blocks.forEach(
        (size, addresses) -> addresses.forEach(address -> gpu.pool().giveBack(address, size)));
  }

  /** Runs to its end if it was queued. */
  @Override
  public void close() {
    gpu.compute().synchronize();
    graph.close();
    giveBack(gpu, blocks);
  }
}
