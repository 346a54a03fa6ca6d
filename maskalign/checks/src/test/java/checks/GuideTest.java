package checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The guide says what is run: its POM is that of examples/projects/embed-one, which CI builds. */
class GuideTest {

  private static String read(String file) throws IOException {
    return Files.readString(Tree.REPOSITORY.resolve(file));
  }

  private static String withoutIndentation(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void itsPomIsThatOfAProjectThatIsBuilt() throws IOException {
    String built =
        withoutIndentation(read("examples/projects/embed-one/pom.xml"))
            .replace("${maskalign.version}", "0.1.0-SNAPSHOT")
            .replaceAll(
                "(?s)<plugin>\n<groupId>[a-z.]+</groupId>\n<artifactId>maven-resources.*?</plugin>\n",
                "")
            .replace("</dependencyManagement>\n\n", "</dependencyManagement>\n");
    List<String> parts =
        Pattern.compile("(?s)```xml\n(.*?)\n```")
            .matcher(read("docs/guide.md"))
            .results()
            .map((MatchResult part) -> withoutIndentation(part.group(1)))
            .toList();
    assertEquals(2, parts.size());
    for (String part : parts) {
      assertTrue(built.contains(part), () -> part + "\nis not in\n" + built);
    }
  }

  @Test
  void everyCommandHasItsTwinInPowerShell() throws IOException {
    String[] parts = read("docs/guide.md").split("## Commands in PowerShell");
    List<String> twins =
        parts[1]
            .lines()
            .filter(line -> line.startsWith("    bin\\maskalign.cmd "))
            .map(line -> line.strip().split(" +")[1])
            .distinct()
            .sorted()
            .toList();
    List<String> commands =
        parts[0]
            .lines()
            .filter(line -> line.startsWith("    bin/maskalign "))
            .map(line -> line.strip().split(" +")[1])
            .distinct()
            .sorted()
            .toList();
    assertTrue(commands.size() >= 10 && twins.containsAll(commands), commands + ", " + twins);
  }
}
