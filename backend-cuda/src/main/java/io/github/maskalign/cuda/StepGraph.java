package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Graph;
import io.github.maskalign.cuda.kernel.TokenIdCheck;
import io.github.maskalign.cuda.runtime.Gpu;
import java.util.ArrayDeque;
import java.util.Map;

/**
 * A CUDA graph of work with fixed shapes, replayed with one call. It reads and writes the tensors
 * that it was captured with. Memory that was allocated and released during the capture stays
 * reserved until the graph is closed, because each replay uses it again.
 */
final class StepGraph implements AutoCloseable {

  private final Gpu gpu;
  private final TokenIdCheck check;
  private final Graph graph;
  private final Map<Long, ArrayDeque<Long>> blocks;

  private StepGraph(Gpu gpu, TokenIdCheck check, Graph graph, Map<Long, ArrayDeque<Long>> blocks) {
    this.gpu = gpu;
    this.check = check;
    this.graph = graph;
    this.blocks = blocks;
  }

  /**
   * Captures the work without running it. Run it once before, so that its kernels are loaded and
   * its memory is in the pool. The work must not upload or download, and nothing else may use the
   * backend during the capture.
   */
  static StepGraph capture(Gpu gpu, TokenIdCheck check, Runnable work) {
    gpu.pool().beginCapture();
    boolean complete = false;
    try {
      Graph graph = gpu.compute().capture(work);
      complete = true;
      return new StepGraph(gpu, check, graph, gpu.pool().endCapture());
    } finally {
      if (!complete) {
        release(gpu, gpu.pool().endCapture());
      }
    }
  }

  /** Queues all of the captured work. */
  void replay() {
    check.record();
    graph.launch(gpu.compute());
  }

  private static void release(Gpu gpu, Map<Long, ArrayDeque<Long>> blocks) {
    blocks.forEach(
        (size, addresses) -> addresses.forEach(address -> gpu.pool().release(address, size)));
  }

  /** Waits for queued replays, then releases the memory. */
  @Override
  public void close() {
    gpu.compute().synchronize();
    graph.close();
    release(gpu, blocks);
  }
}
