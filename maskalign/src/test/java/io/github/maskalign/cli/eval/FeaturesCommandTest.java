package io.github.maskalign.cli.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.train.Ran;
import io.github.maskalign.teacher.EmbeddedTeacher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeaturesCommandTest {

  @TempDir private Path folder;

  private Ran features(String data, Path out) {
    Path weights = folder.resolve("teacher.safetensors");
    EmbeddedTeacher.copyTo(weights);
    return Ran.command(
        new FeaturesCommand(),
        "--weights=" + weights,
        "--data=" + data,
        "--batch=4",
        "--out=" + out);
  }

  @Test
  void theArrayIsThatOfTheTable() throws IOException {
    Path npy = folder.resolve("features.npy");
    Ran ran = features("fashion-mnist[:10]", npy);
    assertEquals(0, ran.status(), ran.error());
    assertTrue(ran.out().contains("10 images, 192 features each"), ran.out());
    Path csv = folder.resolve("both.csv");
    Path names = folder.resolve("features.csv");
    assertTrue(ran.out().contains(names + ": their names, labels and classes"), ran.out());
    Ran one = features("fashion-mnist[:10]", csv);
    assertEquals(0, one.status());
    assertFalse(one.out().contains("their names"), one.out());

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(npy)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(128 + 10 * 192 * 4, bytes.remaining());
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertEquals("\u0093NUMPY\1\0", new String(magic, StandardCharsets.ISO_8859_1));
    byte[] header = new byte[bytes.getShort()];
    bytes.get(header);
    String text = new String(header, StandardCharsets.US_ASCII);
    assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (10, 192), }", text.strip());
    assertTrue(text.endsWith(" \n"), text);

    List<String> table = Files.readAllLines(names);
    List<String> both = Files.readAllLines(csv);
    assertEquals("name,label,class", table.getFirst());
    assertEquals(11, table.size());
    for (int row = 0; row < 10; row++) {
      String[] cells = both.get(row + 1).split(",");
      assertTrue(both.get(row + 1).startsWith(table.get(row + 1) + ","), both.get(row + 1));
      assertEquals(3 + 192, cells.length);
      for (int i = 0; i < 192; i++) {
        assertEquals(bytes.getFloat(), Float.parseFloat(cells[3 + i]));
      }
    }
  }

  @Test
  void nothingIsLeftOfAFailure() throws IOException {
    Path npy = folder.resolve("features.npy");
    Path images = Files.createDirectories(folder.resolve("images/a"));
    Files.writeString(images.resolve("1.png"), "no picture");
    assertEquals(2, features(images.getParent().toString(), npy).status());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          List.of("images", "teacher.safetensors"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "features.txt|must end with .npy or .csv",
        "no/such/folder.npy|no/such",
      })
  void whatCannotBeWrittenIsRefused(String out, String expected) {
    Ran ran = features("fashion-mnist[:2]", folder.resolve(out));
    assertEquals(2, ran.status());
    assertTrue(ran.error().contains(expected), ran.error());
  }
}
