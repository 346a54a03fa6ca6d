package io.github.maskalign.cuda.driver;

import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/** Work captured from a stream, queued again by one call. */
public final class Graph implements AutoCloseable {

  private final Device device;
  private final CUgraphExec program = new CUgraphExec();

  /** Takes the noted work over. */
  Graph(Device device, CUgraph noted) {
    this.device = device;
    try {
      Status.driver(JCudaDriver.cuGraphInstantiate(program, noted, 0), "cuGraphInstantiate");
    } finally {
      Status.driver(JCudaDriver.cuGraphDestroy(noted), "cuGraphDestroy");
    }
  }

  /** Queues all of it. */
  public void launch(Stream stream) {
    stream.queue("a graph");
    Status.driver(JCudaDriver.cuGraphLaunch(program, stream.handle()), "launch of a graph");
  }

  @Override
  public void close() {
    device.enter();
    Status.driver(JCudaDriver.cuGraphExecDestroy(program), "cuGraphExecDestroy");
  }
}
