package io.github.maskalign.cli.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What has become of a run. */
enum RunState {
  /** A process writes to its folder. */
  RUNNING,
  /** It has written its final weights. */
  FINISHED,
  /** It was interrupted, or ended with an error; it can be resumed if it has a checkpoint. */
  STOPPED,
  /** Its numbers became infinite or NaN. */
  FAILED,
  /** Its files cannot be read. */
  DAMAGED;

  /** The state in lower case. */
  @JsonValue
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
