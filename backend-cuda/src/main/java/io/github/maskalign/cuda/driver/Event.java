package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.Handle;

/** A point in a stream that others wait for; an event that was never recorded is complete. */
public final class Event implements AutoCloseable {

  private static final int NO_TIMING = 2;

  private final Device device;
  private final Handle event;

  Event(Device device) {
    this.device = device;
    device.makeCurrent();
    event =
        device
            .status()
            .created(
                created -> device.library().eventCreate(created, NO_TIMING), () -> "cuEventCreate");
  }

  /** Waits for the work before the event. */
  public void synchronize() {
    device.makeCurrent();
    device.status().check(device.library().eventSynchronize(event), "waiting for an event");
  }

  /** Whether the work before the event is complete. */
  public boolean isDone() {
    device.makeCurrent();
    int code = device.library().eventQuery(event);
    if (code == Status.NOT_READY) {
      return false;
    }
    device.status().check(code, "cuEventQuery");
    return true;
  }

  Handle handle() {
    return event;
  }

  @Override
  public void close() {
    device.makeCurrent();
    device.status().check(device.library().eventDestroy(event), "cuEventDestroy");
  }
}
