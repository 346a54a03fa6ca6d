package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Everything that starts a JVM for speed starts it with the same options. */
class JvmOptionsTest {

  private static final Pattern OPTION =
      Pattern.compile(
          "(?<![\\w-])(-X[a-z]+\\d+[kmg]|-XX:[+-]\\w+|--add-modules jdk\\.[a-z.]+|--enable-native-access=[A-Z-]+)");

  private static Set<String> options(String text) {
    Set<String> options = new TreeSet<>();
    Matcher matcher = OPTION.matcher(text);
    while (matcher.find()) {
      options.add(matcher.group());
    }
    return options;
  }

  /** The options in the lines of a file that contain one of the heap. */
  private static Set<String> optionsOf(String file) throws IOException {
    Path path = Tree.REPOSITORY.resolve(file);
    String text = Files.readString(path).replace("\\\n", " ");
    StringBuilder lines = new StringBuilder();
    text.lines()
        .filter(line -> line.contains("-Xms"))
        .forEach(line -> lines.append(line).append(' '));
    // The launcher adds the module only to commands that compute.
    text.lines()
        .filter(line -> line.matches("(vectors=|set \"VECTORS=)\\S.*jdk.*"))
        .forEach(lines::append);
    return options(lines.toString());
  }

  @Test
  void theLauncherHasTheOptionsThatTheRestOfThisTestComparesWith() throws IOException {
    assertEquals(
        new TreeSet<>(
            Set.of(
                "--add-modules jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-Xmn8m",
                "-Xms16m")),
        optionsOf("bin/maskalign"));
  }

  @ParameterizedTest
  @CsvSource({"bin/maskalign.cmd", "maskalign/peers/pom.xml"})
  void othersHaveThoseOfTheLauncher(String file) throws IOException {
    assertEquals(optionsOf("bin/maskalign"), optionsOf(file));
  }

  @Test
  void aRestartAddsThoseOfTheLauncher() throws IOException {
    Set<String> memory = optionsOf("bin/maskalign");
    memory.removeIf(option -> option.startsWith("--"));
    assertEquals(memory, optionsOf("maskalign/src/main/java/io/github/maskalign/cli/Restart.java"));
  }
}
