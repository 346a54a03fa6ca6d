package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
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
    tree.write("maskalign/checks/pom.xml", "");
    tree.write("maskalign/peers/src/main/java/peers/A.java", "");
    tree.write("examples/projects/embed-one/pom.xml", "");
    tree.write(".idea/pom.xml", "");
    jdk = folder.resolve("jdk");
    makeJdk(jdk, "25.0.1");
    program(
        folder.resolve("tools/mvn"),
        """
        echo "maven: $*" >&3
        for option; do
          case $option in -Dlauncher.jars=*) jars=${option#*=} ;; esac
        done
        mkdir -p "$jars"
        echo jar >"$jars/a.jar"
        sleep "${MAVEN_SECONDS:-0}"
        exit "${MAVEN_STATUS:-0}"
        """);
  }

  @Test
  void buildsOnFirstUseOnly() throws Exception {
    Run first = launch("--help");
    assertTrue(first.output.contains(BUILT), first.output);
    assertTrue(first.output.contains("building for the first time"), first.output);
    assertTrue(Files.exists(tree.root().resolve("examples/target/app/a.jar")));
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
        "runs/pom.xml",
        "maskalign/checks/pom.xml",
        "maskalign/peers/src/main/java/peers/A.java",
        "examples/projects/embed-one/pom.xml",
        ".idea/pom.xml"
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
  void keepsTheJarsOfRunningPrograms() throws Exception {
    launch();
    Path first = onlyBuild();
    try (var running = Files.newInputStream(first.resolve("a.jar"))) {
      for (int i = 0; i < 3; i++) {
        rebuild();
      }
      assertTrue(running.available() > 0 && Files.exists(first.resolve("a.jar")));
      assertEquals(3, builds().size(), "the one in use, the previous and the current");
    }
    rebuild();
    assertFalse(Files.exists(first));
    assertEquals(2, builds().size());
  }

  @Test
  void twoLaunchersBuildOnce() throws Exception {
    Map<String, String> slow = Map.of("MAVEN_SECONDS", "1");
    try (var threads = Executors.newFixedThreadPool(2)) {
      Callable<Run> launch = () -> launch(slow, jdk, "--version");
      var runs = threads.invokeAll(List.of(launch, launch));
      int built = 0;
      for (var run : runs) {
        assertEquals(0, run.get().status, run.get().output);
        assertTrue(run.get().output.endsWith("cli.Main --version\n"), run.get().output);
        built += run.get().output.contains(BUILT) ? 1 : 0;
      }
      assertEquals(1, built);
    }
  }

  @Test
  void takesOverTheLockOfAKilledLauncher() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    assertEquals(0, ended.waitFor());
    Path lock = tree.root().resolve("examples/target/launcher.lock");
    Files.createDirectories(lock.getParent());
    Files.createSymbolicLink(lock, Path.of(Long.toString(ended.pid())));
    assertBuilt();
    assertTrue(Files.notExists(lock, LinkOption.NOFOLLOW_LINKS));
  }

  private Path lockOf(String owner) throws IOException {
    Path lock = tree.root().resolve("examples/target/launcher.lock");
    Files.createDirectories(lock.getParent());
    return Files.createSymbolicLink(lock, Path.of(owner));
  }

  /** Whoever finds the dead lock last may not remove the new one. */
  @Test
  void ofManyOneTakesOverTheLockOfAKilledLauncher() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    assertEquals(0, ended.waitFor());
    // Every reader of the lock is slow, so that all have seen the dead owner before one acts.
    program(
        folder.resolve("tools/readlink"),
        """
        PATH=${PATH#*:}
        readlink "$@"
        status=$?
        case $* in *launcher.lock) sleep 0.$(($$ % 9)) ;; esac
        exit $status
        """);
    lockOf(Long.toString(ended.pid()));
    Map<String, String> slow = Map.of("MAVEN_SECONDS", "2");
    try (var threads = Executors.newFixedThreadPool(4)) {
      Callable<Run> launch = () -> launch(slow, jdk, "--version");
      int built = 0;
      for (var run : threads.invokeAll(List.of(launch, launch, launch, launch))) {
        assertEquals(0, run.get().status, run.get().output);
        built += run.get().output.contains(BUILT) ? 1 : 0;
      }
      assertEquals(1, built);
    }
    try (Stream<Path> files = Files.list(tree.root().resolve("examples/target"))) {
      assertTrue(files.noneMatch(file -> file.toString().contains(".lock")));
    }
  }

  /** To the process of another user, here process 1, kill may send no signal. */
  @Test
  void waitsForTheBuildOfAnotherUser() throws Exception {
    Path lock = lockOf("1");
    try (var threads = Executors.newFixedThreadPool(1)) {
      var run = threads.submit(() -> launch(Map.of("BASH_ENV", noKill()), jdk, "--version"));
      Thread.sleep(1500);
      assertTrue(Files.exists(lock, LinkOption.NOFOLLOW_LINKS), "taken from a live process");
      Files.delete(lock);
      assertTrue(run.get().output.contains("waiting for the build of process 1"));
      assertEquals(0, run.get().status, run.get().output);
    }
  }

  /** The tests may run as the superuser, who may signal all. */
  private String noKill() throws IOException {
    return Files.writeString(folder.resolve("no-kill.sh"), "kill() { return 1; }\n").toString();
  }

  @Test
  void remembersTheOptionsOfTheBuild() throws Exception {
    launch();
    Map<String, String> cuda = Map.of("MASKALIGN_MAVEN_OPTS", "-Pcuda");
    assertTrue(launch(cuda, jdk).output.contains(" -Pcuda\n"));
    assertFalse(launch(cuda, jdk).output.contains("maven"));
    assertNotBuilt();
    touch(SOURCE);
    assertTrue(launch().output.contains(" -Pcuda\n"));
  }

  @Test
  void printsHelpWithoutTheModuleThatJavaWarnsOf() throws Exception {
    launch();
    for (String quick : List.of("--help", "-h", "--version", "-V")) {
      assertFalse(launch("knn", quick).output.contains("incubator"));
    }
    assertFalse(launch().output.contains("incubator"));
    assertTrue(launch("knn", "--data", "a").output.contains("--add-modules jdk.incubator.vector"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home",
        "usr/local/opt/openjdk/libexec/openjdk.jdk/Contents/Home",
        "home/linuxbrew/.linuxbrew/opt/openjdk@25/libexec",
        "Library/Java/JavaVirtualMachines/temurin-25.jdk/Contents/Home",
        "usr/lib/jvm/temurin-25-jdk-amd64"
      })
  void findsTheJdkOf(String home) throws Exception {
    Path found = folder.resolve("system").resolve(home);
    makeJdk(found, "25.0.2");
    Path none = Files.createDirectories(folder.resolve("none"));
    Map<String, String> machine =
        Map.of(
            "MASKALIGN_SYSTEM_ROOT", folder.resolve("system").toString(), "HOME", none.toString());
    Path old = folder.resolve("old-jdk");
    makeJdk(old, "17.0.9");
    // The java of PATH is an old one too.
    program(folder.resolve("tools/java"), "exit 1");
    assertTrue(launch(machine, old).output.contains("java of " + found + ": "));
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

  private void rebuild() throws Exception {
    touch(SOURCE);
    assertBuilt();
    Files.setLastModifiedTime(tree.root().resolve(SOURCE), FileTime.from(Instant.EPOCH));
  }

  private List<Path> builds() throws IOException {
    try (Stream<Path> all = Files.list(tree.root().resolve("examples/target/builds"))) {
      return all.toList();
    }
  }

  private Path onlyBuild() throws IOException {
    assertEquals(1, builds().size());
    return builds().getFirst();
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

  /** Java decodes arguments by the locale. */
  @Test
  void givesJavaALocaleThatHasAllCharacters() throws Exception {
    program(jdk.resolve("bin/java"), "echo \"locale: ${LC_ALL:-}\"");
    program(folder.resolve("tools/locale"), "echo ${CHARMAP}");
    for (String charmap : List.of("ANSI_X3.4-1968", "ISO-8859-1", "UTF-8")) {
      Run run = launch(Map.of("LC_ALL", "given", "CHARMAP", charmap), jdk, "--help");
      String locale = charmap.equals("UTF-8") ? "given" : "C.UTF-8";
      assertTrue(run.output.endsWith("locale: " + locale + "\n"), run.output);
    }
  }

  private Run launch(String... arguments) throws Exception {
    return launch(Map.of(), jdk, arguments);
  }

  /** Runs the launcher; the output has no machine path. */
  private Run launch(Map<String, String> environment, Path javaHome, String... arguments)
      throws Exception {
    String script = tree.root().resolve("bin/maskalign").toString();
    Path output = Files.createTempFile(folder, "output", ".txt");
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
