package io.github.maskalign.cuda.driver;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Calls of the driver that need no open device. */
public final class Driver {

  static {
    JCudaNatives.initialize(JCudaDriver.class, "JCudaDriver");
  }

  private Driver() {}

  /** The CUDA version that the driver supports: 12040 is 12.4. */
  public static int version() {
    int[] version = {0};
    Status.driver(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
    return version[0];
  }

  /** Initializes the driver; returns the error, such as a missing device, or empty. */
  public static Optional<String> initialize() {
    int code = JCudaDriver.cuInit(0);
    return code == CUresult.CUDA_SUCCESS ? Optional.empty() : Optional.of(Status.text(code));
  }

  /** Number of devices visible to this process. */
  public static int devices() {
    int[] count = {0};
    Status.driver(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  /** Name, architecture and limits of the device with this number. */
  public static DeviceInfo info(int ordinal) {
    CUdevice device = handle(ordinal);
    byte[] name = new byte[256];
    Status.driver(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    int length = 0;
    while (length < name.length && name[length] != 0) {
      length++;
    }
    long[] memory = {0};
    Status.driver(JCudaDriver.cuDeviceTotalMem(memory, device), "cuDeviceTotalMem");
    return new DeviceInfo(
        new String(name, 0, length, StandardCharsets.UTF_8),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR),
        memory[0],
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN),
        attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE));
  }

  static CUdevice handle(int ordinal) {
    CUdevice device = new CUdevice();
    Status.driver(JCudaDriver.cuDeviceGet(device, ordinal), () -> "cuDeviceGet " + ordinal);
    return device;
  }

  private static int attribute(CUdevice device, int attribute) {
    int[] value = {0};
    Status.driver(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
        () -> "cuDeviceGetAttribute " + attribute);
    return value[0];
  }
}
