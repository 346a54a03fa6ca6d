package peers.contest;

/** One of the implementations that a contest compares; it measures itself. */
public interface Side {

  /** For the table, such as "libtorch". */
  String name();

  /** Runs the work a number of times; the mean duration of a call. */
  Sample time(int calls);
}
