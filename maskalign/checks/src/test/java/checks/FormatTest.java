package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatTest {

  @Test
  void reportsAndFormatsSourcesOfNestedModules(@TempDir Path folder) throws IOException {
    Tree tree = new Tree(folder);
    tree.write("vit/spark/pom.xml", "");
    tree.write("vit/spark/src/main/java/Good.java", "class Good {}\n");
    Path bad =
        tree.write("vit/spark/src/main/java/Bad.java", "import java.util.List;\nclass Bad{ }\n");

    assertEquals(List.of(bad), Format.unformatted(folder, false));
    assertEquals("import java.util.List;\nclass Bad{ }\n", Files.readString(bad));

    assertEquals(List.of(bad), Format.unformatted(folder, true));
    assertEquals("class Bad {}\n", Files.readString(bad));
    assertEquals(List.of(), Format.unformatted(folder, false));
  }
}
