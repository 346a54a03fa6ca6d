package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher in a small repository, with a Maven and a JDK that only print. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "bin/maskalign is a shell script")
class LauncherTest {

  private static final String SOURCE = "vit/deep/spark/src/main/java/target/A.java";
  private static final String BUILT = "maven: -B -q -DskipTests -f ROOT/pom.xml -pl examples -am";

  @TempDir Path folder;
  private Tree tree;
  private Path jdk;

  private record Run(int status, String output) {}

  @BeforeEach
  void makeRepository() throws IOException {
    // Below a "target" and an "src", which the launcher must only look for inside the repository.
    tree = new Tree(Files.createDirectories(folder.resolve("target/src/main/repository")));
    Path script = tree.write("bin/maskalign", "");
    Files.write(script, Files.readAllBytes(Tree.REPOSITORY.resolve("bin/maskalign")));
    for (String module : List.of("", "vit/", "vit/deep/spark/")) {
      tree.write(module + "pom.xml", "");
    }
    tree.write(SOURCE, "");
    tree.write("vit/src/test/java/ATest.java", "");
    tree.write("vit/target/src/main/java/Generated.java", "");
    tree.write("runs/pom.xml", "");
    jdk = folder.resolve("jdk");
    makeJdk(jdk, "25.0.1");
    program(folder.resolve("tools/mvn"), "echo \"maven: $*\" >&3; exit \"${MAVEN_STATUS:-0}\"");
  }

  @Test
  void buildsOnFirstUseOnly() throws Exception {
    Run first = launch("--help");
    assertTrue(first.output.contains(BUILT), first.output);
    assertTrue(first.output.contains("building for the first time"), first.output);
    assertTrue(first.output.endsWith("io.github.maskalign.cli.Main --help\n"), first.output);
    assertNotBuilt();
  }

  @ParameterizedTest
  @ValueSource(strings = {SOURCE, "pom.xml", "vit/pom.xml", "vit/deep/spark/pom.xml"})
  void buildsAfterAChangeInAnyModule(String changed) throws Exception {
    launch();
    touch(changed);
    assertBuilt();
  }

  @Test
  void buildsAfterASourceWasDeleted() throws Exception {
    launch();
    Files.delete(tree.root().resolve(SOURCE));
    touch(Path.of(SOURCE).getParent().toString());
    assertBuilt();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vit/src/test/java/ATest.java",
        "vit/target/src/main/java/Generated.java",
        "runs/pom.xml"
      })
  void doesNotBuildAfterOtherChanges(String changed) throws Exception {
    launch();
    touch(changed);
    assertNotBuilt();
  }

  @Test
  void buildsAgainAfterAFailedBuild() throws Exception {
    Run failed = launch(Map.of("MAVEN_STATUS", "1"), jdk);
    assertEquals(2, failed.status);
    assertTrue(failed.output.endsWith("maskalign: the build failed, see above\n"), failed.output);
    assertFalse(failed.output.contains("cli.Main"), failed.output);
    assertBuilt();
  }

  @Test
  void skipsAnOldJdk() throws Exception {
    Path old = folder.resolve("old-jdk");
    makeJdk(old, "24.0.2");
    Path home = folder.resolve("home");
    makeJdk(home.resolve(".jdks/openjdk-25"), "25");
    // Which of the JDKs of this machine it takes is open, and a real one cannot run the program.
    Run run = launch(Map.of("HOME", home.toString()), old);
    assertTrue(run.output.contains(BUILT), run.output);
    assertFalse(run.output.contains("java of " + old), run.output);
  }

  private void assertBuilt() throws Exception {
    Run run = launch();
    assertEquals(0, run.status, run.output);
    assertTrue(run.output.contains(BUILT), run.output);
  }

  private void assertNotBuilt() throws Exception {
    Run run = launch();
    assertEquals(0, run.status, run.output);
    assertFalse(run.output.contains("maven"), run.output);
  }

  private Run launch(String... arguments) throws Exception {
    return launch(Map.of(), jdk, arguments);
  }

  /** Runs the launcher; the output has no machine path. */
  private Run launch(Map<String, String> environment, Path javaHome, String... arguments)
      throws Exception {
    String script = tree.root().resolve("bin/maskalign").toString();
    Path output = folder.resolve("output");
    // Maven's output goes to a file of the launcher, so the fake one writes to another stream.
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "exec 3>&2; exec bash \"$@\"", "bash", script);
    builder.command().addAll(List.of(arguments));
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", javaHome.toString());
    builder
        .environment()
        .merge("PATH", folder.resolve("tools").toString(), (path, tools) -> tools + ":" + path);
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    String real = tree.root().toRealPath().toString();
    return new Run(status, Files.readString(output).replace(real, "ROOT"));
  }

  /** Makes a file or folder newer than the last build. */
  private void touch(String file) throws IOException {
    FileTime future = FileTime.from(Instant.now().plusSeconds(60));
    Files.setLastModifiedTime(tree.root().resolve(file), future);
  }

  private static void makeJdk(Path home, String version) throws IOException {
    program(home.resolve("bin/javac"), "");
    program(home.resolve("bin/java"), "echo \"java of " + home + ": $*\"");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  private static void program(Path file, String script) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }
}
