package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiDocsTest {

  private static final String SOURCES = "vit/spark/src/main/java/";

  @Test
  void reportsWhatAnExportedPackageLacks(@TempDir Path folder) throws IOException {
    Tree tree = new Tree(folder);
    tree.write("vit/spark/pom.xml", "");
    tree.write(SOURCES + "module-info.java", "module m {\n  exports a;\n}\n");
    tree.write(SOURCES + "b/Hidden.java", "package b;\n\npublic class Hidden {}\n");
    tree.write(
        SOURCES + "a/A.java",
        """
        package a;

        /**
         * A type.
         *
         * @since 9.0.0
         */
        public class A {
          /** Documented. */
          public int first;

          public int second;

          int internal;

          protected void method() {}

          @Override
          public String toString() {
            return "";
          }
        }
        """);

    assertEquals(
        List.of(
            SOURCES + "a/package-info.java: missing; it describes the package's one job",
            SOURCES + "a/A.java:8: @since 9.0.0 is later than the project's 0.1.0",
            SOURCES + "a/A.java:12: needs a sentence that describes second, with its unit",
            SOURCES
                + "a/A.java:16: needs a sentence that describes method, with shapes and errors"),
        ApiDocs.problems(folder, "0.1.0-SNAPSHOT"));
  }
}
