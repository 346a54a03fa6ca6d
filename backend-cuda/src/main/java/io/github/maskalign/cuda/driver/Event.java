package io.github.maskalign.cuda.driver;

import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A mark in a queue: others wait for it. One that was never recorded counts as passed. */
public final class Event implements AutoCloseable {

  private static final int NO_TIMING = 2;

  private final Device device;
  private final CUevent event = new CUevent();

  Event(Device device) {
    this.device = device;
    device.enter();
    Status.driver(JCudaDriver.cuEventCreate(event, NO_TIMING), "cuEventCreate");
  }

  /** Waits until the work before the mark is done. */
  public void synchronize() {
    device.enter();
    Status.driver(JCudaDriver.cuEventSynchronize(event), "waiting for an event");
  }

  /** Whether the work before the mark is done. */
  public boolean isDone() {
    device.enter();
    int code = JCudaDriver.cuEventQuery(event);
    if (code == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    Status.driver(code, "cuEventQuery");
    return true;
  }

  CUevent handle() {
    return event;
  }

  @Override
  public void close() {
    device.enter();
    Status.driver(JCudaDriver.cuEventDestroy(event), "cuEventDestroy");
  }
}
