package io.github.maskalign.cuda.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/** Work captured from a stream, to replay with one call. */
public final class Graph implements AutoCloseable {

  private final Device device;
  private final CUgraphExec executable = new CUgraphExec();

  /** Instantiates a captured graph, and destroys the original. */
  Graph(Device device, CUgraph captured) {
    this.device = device;
    try {
      Status.driver(JCudaDriver.cuGraphInstantiate(executable, captured, 0), "cuGraphInstantiate");
    } finally {
      Status.driver(JCudaDriver.cuGraphDestroy(captured), "cuGraphDestroy");
    }
  }

  /** Queues all of the captured work. */
  public void launch(Stream stream) {
    stream.enqueue("a graph");
    Status.driver(JCudaDriver.cuGraphLaunch(executable, stream.handle()), "launch of a graph");
  }

  @Override
  public void close() {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuGraphExecDestroy(executable), "cuGraphExecDestroy");
  }
}
