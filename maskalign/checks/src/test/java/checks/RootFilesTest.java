package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootFilesTest {

  private static final Set<String> STRAY = Set.of("scratch.txt", "notes");

  @Test
  void namesStrayFilesWithoutGit(@TempDir Path folder) throws Exception {
    fill(folder);
    assertEquals(STRAY, RootFiles.stray(folder));
  }

  @Test
  void namesStrayFilesOfARepository(@TempDir Path folder) throws Exception {
    fill(folder);
    // Only Git applies a pattern with a folder.
    new Tree(folder).write("results/plot.png", "");
    new Tree(folder).write(".gitignore", "target/\n/runs/\n*.iml\nresults/*.png\n");
    assumeTrue(git(folder, "init", "-q"), "requires git");
    git(folder, "add", "scratch.txt", "README.md");
    assertEquals(STRAY, RootFiles.stray(folder));
  }

  @Test
  void findsNoneInThisRepository() throws Exception {
    assertEquals(Set.of(), RootFiles.stray(Tree.REPOSITORY));
  }

  private static void fill(Path folder) throws IOException {
    Tree tree = new Tree(folder);
    tree.write(".gitignore", "# built\ntarget/\n/runs/\n*.iml\n");
    tree.write("README.md", "");
    tree.write("tensor/pom.xml", "");
    tree.write("tensor/notes.txt", "");
    tree.write(".editorconfig", "");
    tree.write("target/classes/A.class", "");
    tree.write("runs/log.jsonl", "");
    tree.write("project.iml", "");
    tree.write("scratch.txt", "");
    tree.write("notes/todo.txt", "");
  }

  private static boolean git(Path folder, String... arguments) throws InterruptedException {
    String[] command = new String[arguments.length + 3];
    System.arraycopy(new String[] {"git", "-C", folder.toString()}, 0, command, 0, 3);
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
