package io.github.maskalign.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import io.github.maskalign.vit.image.PictureFormat;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {

  @TempDir private Path folder;
  private Path set;
  private final StringWriter out = new StringWriter();

  private static byte[] picture(int type, String format, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, 0x80000000 | i * 99);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, bytes));
    return bytes.toByteArray();
  }

  private void write(String name, byte[] content) throws IOException {
    Path file = set.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  @BeforeEach
  void makeSet() throws IOException {
    set = folder.resolve("set");
    write("a/color.jpg", picture(BufferedImage.TYPE_INT_RGB, "jpg", 40, 30));
    write("a/gray.jpg", picture(BufferedImage.TYPE_BYTE_GRAY, "jpg", 10, 40));
    write("a/alpha.png", picture(BufferedImage.TYPE_INT_ARGB, "png", 30, 30));
    write("b/palette.gif", picture(BufferedImage.TYPE_BYTE_INDEXED, "gif", 20, 20));
    write("b/plain.bmp", picture(BufferedImage.TYPE_3BYTE_BGR, "bmp", 20, 10));
    write("b/copy.jpg", Files.readAllBytes(set.resolve("a/color.jpg")));
  }

  private int check(String... more) {
    String[] args = new String[more.length + 3];
    args[0] = "check";
    args[1] = set.toString();
    args[2] = "--quiet";
    System.arraycopy(more, 0, args, 3, more.length);
    CommandLine command = new CommandLine(new DataCommand());
    return command.setOut(new PrintWriter(out, true)).execute(args);
  }

  private void assertSays(String line) {
    assertTrue(out.toString().contains(line), out::toString);
  }

  @Test
  void aWholeSetEndsWithZero() {
    assertEquals(0, check());

    assertSays("6 images, 2 classes");
    assertSays("checked     6 of 6");
    assertSays("formats     BMP 1, GIF 1, JPEG 3, PNG 1");
    assertSays("colors      alpha 1, color 3, gray 1, palette 1");
    assertSays("width       10 to 40, median 25");
    assertSays("height      10 to 40, median 30");
    assertSays("aspect      0.25 to 2.00, median 1.17");
    assertSays("classes     a 3, b 3");
    assertSays("damaged     0");
    assertSays("duplicates  1, 1 of them in different classes");
    assertSays(set.resolve("b/copy.jpg") + " = " + set.resolve("a/color.jpg"));
  }

  @Test
  void damagedFilesAreNamedWithReasonAndEndWithOne() throws IOException {
    byte[] whole = Files.readAllBytes(set.resolve("a/color.jpg"));
    write("a/cut.jpg", Arrays.copyOf(whole, whole.length / 2));
    write("b/text.png", "no picture".getBytes());
    write("b/empty.jpg", new byte[0]);
    Path json = folder.resolve("report.json");
    Path before = Files.writeString(folder.resolve("before.json"), "before");
    Files.createLink(json, before);

    assertEquals(1, check("--json", json.toString(), "--threads", "3"));
    assertEquals("before", Files.readString(before), "a new file, not written in place");

    assertSays("damaged     3");
    assertSays(set.resolve("b/text.png") + ": is not a JPEG, PNG, GIF, BMP or WebP file");
    assertSays(set.resolve("b/empty.jpg") + ": is empty");
    JsonNode report = new ObjectMapper().readTree(json.toFile());
    assertEquals(9, report.get("checked").asInt());
    assertEquals(3, report.get("damaged").size());
    assertEquals(
        set.resolve("a/cut.jpg").toString(), report.get("damaged").get(0).get("file").asText());
    assertEquals(5, report.get("classes").get("b").asInt());
    assertTrue(report.get("copies").get(0).get("otherClass").asBoolean());
    assertEquals(25, report.get("width").get("median").asDouble());
  }

  @Test
  void whatIsIgnoredIsReported() throws IOException {
    write("c/1.tif", new byte[1]);
    write("a/Thumbs.db", new byte[1]);
    write("top.txt", new byte[1]);
    Path json = folder.resolve("report.json");

    assertEquals(0, check("--json", json.toString()));

    assertSays("classes     a 3, b 3, c 0");
    assertSays("empty       1 of 3 classes: c");
    assertSays("ignored     1 image in an unsupported format (c/1.tif)");
    assertSays("ignored     1 system file or folder (a/Thumbs.db)");
    JsonNode ignored = new ObjectMapper().readTree(json.toFile()).get("ignored");
    assertEquals(3, ignored.size());
    assertEquals("FORMAT", ignored.get(0).get("reason").asText());
    assertEquals("c/1.tif", ignored.get(0).get("names").get(0).asText());

    write("top.png", Files.readAllBytes(set.resolve("a/alpha.png")));
    check();
    assertSays("no classes  top.png is in " + set + " itself and not in a class folder");
  }

  @Test
  void speedIsMeasured() {
    CommandLine command = new CommandLine(new DataCommand());
    int status =
        command
            .setOut(new PrintWriter(out, true))
            .execute("speed", set.toString(), "--image-size=8", "--batch=2", "--seconds=0.05");
    assertEquals(0, status);
    assertTrue(out.toString().matches("(?s).*[1-9][0-9,]* images/s on [0-9]+ thread.*"));
  }

  @Test
  void aStopLeavesAReportOfWhatWasSeen() {
    Dataset pictures = DataSets.open(set);
    Scan scan = new Scan(pictures, PictureDecoder.open());
    AtomicInteger asked = new AtomicInteger();
    scan.run(1, () -> asked.incrementAndGet() > 2, (_, _) -> {});

    CheckReport report = CheckReport.of(pictures, scan);

    assertEquals(6, report.pictures());
    assertEquals(2, report.checked());
  }

  @Test
  void anImageThatIsTooLargeForTheMemoryIsNotDamaged() {
    Dataset whole = DataSets.open(set);
    Dataset pictures =
        new Dataset() {
          @Override
          public int size() {
            return whole.size();
          }

          @Override
          public Picture picture(int sample) {
            if (sample == 1) {
              throw OutOfMemoryException.ofJava(name(1) + ": decoding it", 5L << 30, null);
            }
            return whole.picture(sample);
          }

          @Override
          public String sha256() {
            return whole.sha256();
          }
        };
    Scan scan = new Scan(pictures, PictureDecoder.open());
    scan.run(2, () -> false, (_, _) -> {});

    CheckReport report = CheckReport.of(pictures, scan);
    ReportText.print(report, new PrintWriter(out, true));

    assertEquals(5, report.checked());
    assertSays("damaged     0");
    assertSays("not checked 1");
    assertSays(pictures.name(1) + ": decoding it needs about 5369 MB of memory; Java may use ");
  }

  @Test
  void colorsAreReadFromHeaders() {
    // An empty segment, then a frame of 4 components.
    byte[] cmyk = new byte[32];
    byte[] start = {-1, -40, -1, -32, 0, 4, 0, 0, -1, -64, 0, 20, 8, 0, 1, 0, 1, 4};
    System.arraycopy(start, 0, cmyk, 0, start.length);
    assertEquals(StoredColors.CMYK, StoredColors.of(cmyk, PictureFormat.JPEG));
    byte[] webp = new byte[32];
    webp[15] = 'X';
    assertEquals(StoredColors.COLOR, StoredColors.of(webp, PictureFormat.WEBP));
    webp[20] = 0x10;
    assertEquals(StoredColors.ALPHA, StoredColors.of(webp, PictureFormat.WEBP));
    byte[] png = new byte[32];
    List<StoredColors> kinds =
        List.of(
            StoredColors.GRAY,
            StoredColors.COLOR,
            StoredColors.PALETTE,
            StoredColors.ALPHA,
            StoredColors.ALPHA);
    for (int i = 0; i < kinds.size(); i++) {
      png[25] = new byte[] {0, 2, 3, 4, 6}[i];
      assertEquals(kinds.get(i), StoredColors.of(png, PictureFormat.PNG));
    }
  }
}
