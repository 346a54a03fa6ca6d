package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.Binding;
import io.github.maskalign.cuda.binding.DriverLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The NVIDIA driver, before a device is open. */
public final class Driver {

  // CUdevice_attribute
  private static final int COMPUTE_CAPABILITY_MAJOR = 75;
  private static final int COMPUTE_CAPABILITY_MINOR = 76;
  private static final int MAX_SHARED_MEMORY_PER_BLOCK_OPTIN = 97;

  private final Binding binding;
  private final DriverLibrary library;
  private final Status status;

  /** The driver, which must be loaded. */
  public Driver(Binding binding) {
    this.binding = binding;
    library = binding.driver();
    status = new Status(library);
  }

  Binding binding() {
    return binding;
  }

  DriverLibrary library() {
    return library;
  }

  Status status() {
    return status;
  }

  /** The CUDA version that the driver supports: 12040 is 12.4. */
  public int version() {
    int[] version = {0};
    status.check(library.driverGetVersion(version), "cuDriverGetVersion");
    return version[0];
  }

  /** Initializes the driver; returns the error, such as a missing device, or empty. */
  public Optional<String> initialize() {
    int code = library.init();
    return code == Status.SUCCESS ? Optional.empty() : Optional.of(status.text(code));
  }

  /** Number of devices visible to this process. */
  public int devices() {
    int[] count = {0};
    status.check(library.deviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  /** Name, architecture and limits of the device with this number. */
  public DeviceInfo info(int ordinal) {
    Handle device = handle(ordinal);
    byte[] name = new byte[256];
    status.check(library.deviceGetName(name, device), "cuDeviceGetName");
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    long[] memory = {0};
    status.check(library.deviceTotalMem(memory, device), "cuDeviceTotalMem");
    return new DeviceInfo(
        ordinal,
        devices(),
        new String(name, 0, length, StandardCharsets.UTF_8),
        attribute(device, COMPUTE_CAPABILITY_MAJOR),
        attribute(device, COMPUTE_CAPABILITY_MINOR),
        memory[0],
        attribute(device, MAX_SHARED_MEMORY_PER_BLOCK_OPTIN));
  }

  /** Opens the device with this number; requires {@link #initialize}. */
  public Device open(int ordinal) {
    return new Device(this, ordinal);
  }

  Handle handle(int ordinal) {
    return status.created(
        device -> library.deviceGet(device, ordinal), () -> "cuDeviceGet " + ordinal);
  }

  private int attribute(Handle device, int attribute) {
    int[] value = {0};
    status.check(
        library.deviceGetAttribute(value, attribute, device),
        () -> "cuDeviceGetAttribute " + attribute);
    return value[0];
  }
}
