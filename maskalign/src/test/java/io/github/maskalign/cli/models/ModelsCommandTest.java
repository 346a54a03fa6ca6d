package io.github.maskalign.cli.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.eval.KnnCommand;
import io.github.maskalign.cli.train.PretrainCommand;
import io.github.maskalign.cli.train.Ran;
import io.github.maskalign.cli.weights.InspectCommand;
import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Models by name in commands, from a cache as Python writes it, with offline mode on. */
class ModelsCommandTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  private static final String NAME = "test-org/of-commands";

  private static final String DATA = "--data=fashion-mnist[:20]";
  private static final String QUERIES = "--eval-data=fashion-mnist[20:30]";

  private static byte[] content;

  private final Path cache = Path.of(String.valueOf(System.getenv("HF_HUB_CACHE")));
  private final Path repository = cache.resolve("models--test-org--of-commands");

  @BeforeAll
  static void train(@TempDir Path folder) throws IOException {
    Ran.finetune(folder.resolve("run"));
    content = Files.readAllBytes(folder.resolve("run/model.safetensors"));
  }

  @BeforeEach
  void seed() throws IOException {
    assumeTrue(cache.endsWith(Path.of("target", "hub")), "the cache of whoever runs this");
    String digest = new Sha256().add(content).hex();
    write("blobs/" + digest, content);
    write("refs/main", COMMIT.getBytes(StandardCharsets.US_ASCII));
    Path link = repository.resolve("snapshots/" + COMMIT + "/model.safetensors");
    Files.createDirectories(link.getParent());
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("../../blobs/" + digest));
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = repository.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  /** What a command prints, and its exit status at the end. */
  private static String run(Command program, String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(program).setOut(new PrintWriter(out, true));
    line.setExecutionExceptionHandler(
        (failure, _, _) -> {
          out.append(failure.getMessage());
          return 2;
        });
    int status = line.execute(arguments);
    return out.toString().strip() + " status " + status;
  }

  @Test
  void listedFetchedAndVerified() {
    String list = run(new ModelsCommand(), "list");
    assertTrue(list.contains(NAME) && list.contains("main"), list);
    assertTrue(run(new ModelsCommand(), "list", "--json").contains(COMMIT));
    String fetched = run(new ModelsCommand(), "fetch", NAME);
    assertTrue(fetched.endsWith("model.safetensors status 0"), fetched);
    String verified = run(new ModelsCommand(), "verify", NAME);
    assertTrue(verified.endsWith("1 file as the Hub states status 0"), verified);
  }

  @Test
  void whereWeightsAreTaken() {
    String inspected = run(new InspectCommand(), "hf:" + NAME, "--summary");
    assertTrue(inspected.contains("width 16"), inspected);
    Ran scored =
        Ran.command(new KnnCommand(), "--weights=hf:" + NAME + "@" + COMMIT, DATA, QUERIES);
    assertEquals(0, scored.status(), scored.error());
    Ran missing = Ran.command(new KnnCommand(), "--weights=hf:no/model", DATA, QUERIES);
    assertTrue(missing.error().startsWith("hf:no/model: offline mode is on"), missing.error());
    Ran plain = Ran.command(new KnnCommand(), "--weights=no/model", DATA, QUERIES);
    assertTrue(plain.error().endsWith("on the Hub, write hf:no/model"), plain.error());
  }

  @Test
  void asATeacher(@TempDir Path folder) {
    Ran taught =
        Ran.command(
            new PretrainCommand(),
            "--teacher=hf:" + NAME,
            "--data=fashion-mnist[:16]",
            "--model=16x2x2",
            "--image-size=28",
            "--patch-size=14",
            "--batch=8",
            "--epochs=1",
            "--quiet",
            "--out=" + folder.resolve("run"));
    assertEquals(0, taught.status(), taught.error());
    Ran both =
        Ran.command(
            new PretrainCommand(),
            "--teacher=hf:" + NAME,
            "--teacher-weights=x",
            "--data=fashion-mnist[:16]");
    assertTrue(both.error().contains("use one of the two"), both.error());
  }

  @Test
  void damagedAndRemoved() throws IOException {
    Path weights = repository.resolve("snapshots/" + COMMIT + "/model.safetensors");
    byte[] wrong = content.clone();
    wrong[wrong.length - 1]++;
    Files.write(weights.toRealPath(), wrong);
    String damaged = run(new ModelsCommand(), "verify", NAME);
    assertTrue(damaged.contains("model.safetensors: damaged"), damaged);
    assertTrue(damaged.endsWith("status 1"), damaged);
    String other = run(new ModelsCommand(), "remove", NAME + "@v2");
    assertTrue(other.contains("is not in the cache"), other);
    String removed = run(new ModelsCommand(), "remove", NAME);
    assertTrue(removed.startsWith("removed " + NAME), removed);
    assertFalse(Files.exists(repository));
  }

  @Test
  void aNameThatCannotBeIsAWrongArgument() {
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(new ModelsCommand()).setErr(new PrintWriter(err, true));
    assertEquals(2, line.execute("fetch", "a/b/c"));
    assertTrue(err.toString().contains("'a/b/c' is no name of a repository"), err.toString());
  }
}
