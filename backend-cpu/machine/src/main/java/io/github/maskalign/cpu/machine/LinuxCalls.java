package io.github.maskalign.cpu.machine;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** The calls of Linux on x86-64 that manage code memory. */
final class LinuxCalls {

  private static final int READ = 1;
  private static final int WRITE = 2;
  private static final int EXECUTE = 4;

  /** MAP_PRIVATE | MAP_ANONYMOUS. */
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private static final String POLICY =
      "; a policy (such as SELinux or MemoryDenyWriteExecute of systemd) must allow it";

  private LinuxCalls() {}

  private static MemorySegment function(String name) {
    return Linker.nativeLinker().defaultLookup().findOrThrow(name);
  }

  /** New memory, readable and writable, on pages of its own. */
  static MemorySegment map(long bytes) throws RefusedException {
    NativeCall.Result memory =
        NativeCall.call(function("mmap"), 0, bytes, READ | WRITE, PRIVATE_ANONYMOUS, -1, 0);
    if (memory.value() == -1) {
      throw refused("mmap", memory.errno(), "");
    }
    return MemorySegment.ofAddress(memory.value()).reinterpret(bytes);
  }

  /** Makes mapped memory executable, and no longer writable; unmaps it if that is refused. */
  static void makeExecutable(MemorySegment memory) throws RefusedException {
    NativeCall.Result done =
        NativeCall.call(function("mprotect"), memory.address(), memory.byteSize(), READ | EXECUTE);
    if ((int) done.value() != 0) {
      NativeCall.call(function("munmap"), memory.address(), memory.byteSize(), 0);
      throw refused("mprotect", done.errno(), POLICY);
    }
  }

  private static RefusedException refused(String call, int errno, String remedy) {
    String symbol =
        switch (errno) {
          case 1 -> " (EPERM)";
          case 12 -> " (ENOMEM)";
          case 13 -> " (EACCES)";
          default -> "";
        };
    return new RefusedException(
        "the system gives no executable memory: %s failed with errno %d%s%s"
            .formatted(call, errno, symbol, remedy));
  }
}
