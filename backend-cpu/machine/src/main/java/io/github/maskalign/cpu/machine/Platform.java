package io.github.maskalign.cpu.machine;

/** Whether machine code for this system exists, and whether the JVM may run it. */
final class Platform {

  private static final String PAGE = "docs/bf16.md lists what it needs";

  private Platform() {}

  /**
   * Checks this JVM.
   *
   * @throws RefusedException with what is missing
   */
  static void check() throws RefusedException {
    check(System.getProperty("os.name"), System.getProperty("os.arch"));
    check(Platform.class.getModule());
  }

  /**
   * Checks the operating system and the architecture.
   *
   * @param system as in the system property {@code os.name}
   * @param architecture as in the system property {@code os.arch}
   */
  static void check(String system, String architecture) throws RefusedException {
    boolean intel = architecture.equals("amd64") || architecture.equals("x86_64");
    if (system.equals("Linux") && intel) {
      return;
    }
    if (system.equals("Linux") && architecture.equals("aarch64")) {
      throw new RefusedException("there is no machine code for aarch64 (bfdot, bfmmla); " + PAGE);
    }
    if (system.startsWith("Windows") && intel) {
      throw new RefusedException("there is no machine code for Windows; " + PAGE);
    }
    throw new RefusedException(
        "there is no machine code for %s on %s, only for Linux on x86-64"
            .formatted(system, architecture));
  }

  /** Checks that a module may call native code. */
  private static void check(Module module) throws RefusedException {
    if (!module.isNativeAccessEnabled()) {
      throw new RefusedException(
          "native access is not enabled; start Java with --enable-native-access="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
    }
  }
}
