package peers.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerThreadsTest {

  @TempDir private Path tasks;

  private Path thread(String id, String name, long nanos) throws IOException {
    Path folder = Files.createDirectories(tasks.resolve(id));
    Files.writeString(folder.resolve("comm"), name + "\n");
    Files.writeString(folder.resolve("schedstat"), nanos + " 5 6\n");
    return folder;
  }

  @Test
  void addsTheThreadsOfBothCompilers() throws IOException {
    thread("1", "main", 1000);
    thread("2", "C1 CompilerThre", 20);
    thread("3", "C2 CompilerThre", 300);
    assertEquals(320, new CompilerThreads(tasks).nanos());
  }

  @Test
  void remembersThreadsThatHaveEnded() throws IOException {
    Path ending = thread("2", "C2 CompilerThre", 20);
    CompilerThreads threads = new CompilerThreads(tasks);
    assertEquals(20, threads.nanos());
    Files.delete(ending.resolve("comm"));
    Files.delete(ending.resolve("schedstat"));
    thread("3", "C2 CompilerThre", 300);
    assertEquals(320, threads.nanos());
  }

  @Test
  void findsThoseOfThisJvm() {
    assertTrue(new CompilerThreads().nanos() > 0);
  }
}
