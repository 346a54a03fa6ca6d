package io.github.maskalign.cuda.driver;

import jcuda.driver.CUevent;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A point in a stream that others wait for; an event that was never recorded is complete. */
public final class Event implements AutoCloseable {

  private static final int NO_TIMING = 2;

  private final Device device;
  private final CUevent event = new CUevent();

  Event(Device device) {
    this.device = device;
    device.makeCurrent();
    Status.driver(JCudaDriver.cuEventCreate(event, NO_TIMING), "cuEventCreate");
  }

  /** Waits for the work before the event. */
  public void synchronize() {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuEventSynchronize(event), "waiting for an event");
  }

  /** Whether the work before the event is complete. */
  public boolean isDone() {
    device.makeCurrent();
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
    device.makeCurrent();
    Status.driver(JCudaDriver.cuEventDestroy(event), "cuEventDestroy");
  }
}
