package checks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavadocJarTest {

  @TempDir Path folder;
  private Tree tree;

  @BeforeEach
  void aModuleOfTwoPackages() throws IOException {
    tree = new Tree(folder);
    tree.write("src/module-info.java", "/** A module. */\nmodule m {\n  exports a;\n}\n");
    tree.write("src/a/A.java", "package a;\n\n/** {@link b.B}. */\npublic class A {}\n");
    tree.write("src/b/B.java", "package b;\n\n/** Internal. */\npublic class B {}\n");
    tree.write("classes/META-INF/LICENSE", "the license");
    tree.write("classes/META-INF/NOTICE", "the notice");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                folder.resolve("classes").toString(),
                folder.resolve("src/module-info.java").toString(),
                folder.resolve("src/a/A.java").toString(),
                folder.resolve("src/b/B.java").toString());
    assertEquals(0, status);
  }

  private Path jar() {
    return folder.resolve("m-javadoc.jar");
  }

  private List<String> write() throws IOException {
    return JavadocJar.write(
        "",
        folder.resolve("src"),
        folder.resolve("classes"),
        jar(),
        "2026-01-01T00:00:00Z",
        "Title");
  }

  @Test
  void documentsExportedPackagesOnly() throws IOException {
    assertEquals(List.of(), write());
    try (FileSystem content = FileSystems.newFileSystem(jar())) {
      assertTrue(Files.exists(content.getPath("m/a/A.html")));
      assertFalse(Files.exists(content.getPath("m/b")));
      assertEquals("the license", Files.readString(content.getPath("META-INF/LICENSE")));
      assertEquals("the notice", Files.readString(content.getPath("META-INF/NOTICE")));
    }
    byte[] first = Files.readAllBytes(jar());
    assertEquals(List.of(), write());
    assertArrayEquals(first, Files.readAllBytes(jar()), "two builds");
  }

  @Test
  void writesNoJarAfterAWarning() throws IOException {
    tree.write("src/a/A.java", "package a;\n\n/** A < B. */\npublic class A {}\n");

    List<String> problems = write();

    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().contains("A.java:3"), problems::toString);
    assertFalse(Files.exists(jar()));
  }
}
