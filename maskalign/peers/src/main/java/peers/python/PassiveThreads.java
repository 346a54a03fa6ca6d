package peers.python;

import java.util.Map;

/** Environment of OpenMP libraries, whose idle threads else spin on a core that the other needs. */
public final class PassiveThreads {

  private PassiveThreads() {}

  /** Makes idle threads sleep. */
  public static void set(Map<String, String> environment) {
    environment.put("OMP_WAIT_POLICY", "passive");
    environment.put("KMP_BLOCKTIME", "0");
  }
}
