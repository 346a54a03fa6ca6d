package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.Handle;

/** Work captured from a stream, to replay with one call. */
public final class Graph implements AutoCloseable {

  private final Device device;
  private final Handle executable;

  /** Instantiates a captured graph, and destroys the original. */
  Graph(Device device, Handle captured) {
    this.device = device;
    try {
      executable =
          device
              .status()
              .created(
                  created ->
                      device.retried(
                          Status.OUT_OF_MEMORY,
                          () -> device.library().graphInstantiate(created, captured)),
                  () -> "cuGraphInstantiate");
    } finally {
      device.status().check(device.library().graphDestroy(captured), "cuGraphDestroy");
    }
  }

  /** Queues all of the captured work. */
  public void launch(Stream stream) {
    stream.enqueue("a graph");
    device
        .status()
        .check(device.library().graphLaunch(executable, stream.handle()), "launch of a graph");
  }

  @Override
  public void close() {
    device.makeCurrent();
    device.status().check(device.library().graphExecDestroy(executable), "cuGraphExecDestroy");
  }
}
