package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModulesTest {

  @Test
  void findsNestedModulesAndNothingBuilt(@TempDir Path folder) throws IOException {
    Tree tree = new Tree(folder);
    for (String module : List.of("", "vit/", "vit/deep/spark/")) {
      tree.write(module + "pom.xml", "");
    }
    Path source = tree.write("vit/deep/spark/src/main/java/A.java", "");
    tree.write("vit/target/copy/pom.xml", "");
    tree.write("vit/src/test/resources/pom.xml", "");
    tree.write(".git/copy/pom.xml", "");
    tree.write("runs/pom.xml", "");
    tree.write("vit/deep/spark/target/generated/A.java", "");

    assertEquals(
        List.of(folder, folder.resolve("vit"), folder.resolve("vit/deep/spark")),
        Modules.below(folder));
    assertEquals(List.of(source), Modules.sources(folder));
  }

  @Test
  void findsThisModule() throws IOException {
    assertTrue(
        Modules.below(Tree.REPOSITORY).contains(Tree.REPOSITORY.resolve("maskalign/checks")));
  }
}
