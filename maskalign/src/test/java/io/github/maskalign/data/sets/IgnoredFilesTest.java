package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.DatasetNotes.Reason;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever lies in a data set is a sample, or is counted and named. */
class IgnoredFilesTest {

  @TempDir private Path folder;

  private void picture(String... names) {
    for (String name : names) {
      Samples.write(folder.resolve(name), Samples.png(1));
    }
  }

  private void other(String... names) {
    for (String name : names) {
      Samples.write(folder.resolve(name), "other".getBytes(UTF_8));
    }
  }

  private static Map<Reason, List<String>> names(Dataset set) {
    Map<Reason, List<String>> names = new EnumMap<>(Reason.class);
    for (DatasetNotes.Ignored each : set.notes().ignored()) {
      assertEquals(each.count(), each.names().size(), each.toString());
      names.put(each.reason(), each.names());
    }
    return names;
  }

  private String refusal() {
    return assertThrows(TensorException.class, () -> DataSets.open(folder)).getMessage();
  }

  @Test
  void everyJpegNameIsRead() {
    picture("a/1.jfif", "a/2.JPG", "a/3.pjpeg", "a/4.pjp", "a/5.jpe", "a/6.dib");
    Dataset set = DataSets.open(folder);
    assertEquals(6, set.size());
    assertEquals(List.of(), DatasetNotes.lines(set));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsNotAnImageIsCountedByReason() throws Exception {
    picture("cat/1.png", "dog/1.png", "dog/.2.png", "@eaDir/cat/1.png", "cat/#Recycle/1.png");
    picture("__MACOSX/cat/1.png", "lost+found/1.png", ".thumbs/1.png", "$RECYCLE.BIN/1.png");
    other("emu/1.tif", "emu/2.HEIC", "notes.txt", "cat/Thumbs.db", "cat/.DS_Store", "dog/png");
    Files.createSymbolicLink(folder.resolve("cat/9.png"), Path.of("nowhere"));
    Files.createSymbolicLink(folder.resolve("cat/8.png"), Path.of("8.png"));
    Files.createSymbolicLink(folder.resolve("dog/up"), Path.of(".."));
    pipe("dog/3.png");

    Dataset set = DataSets.open(folder);

    assertEquals(2, set.size());
    assertEquals(List.of("cat", "dog", "emu"), set.classNames());
    assertEquals(
        Map.of(
            Reason.FORMAT, List.of("emu/1.tif", "emu/2.HEIC"),
            Reason.HIDDEN, List.of(".thumbs/", "cat/.DS_Store", "dog/.2.png"),
            Reason.SYSTEM,
                List.of(
                    "$RECYCLE.BIN/",
                    "@eaDir/",
                    "__MACOSX/",
                    "cat/#Recycle/",
                    "cat/Thumbs.db",
                    "lost+found/"),
            Reason.BROKEN_LINK, List.of("cat/8.png", "cat/9.png"),
            Reason.LINK_LOOP, List.of("dog/up"),
            Reason.SPECIAL, List.of("dog/3.png"),
            Reason.OTHER, List.of("dog/png", "notes.txt")),
        names(set));
    List<String> lines = DatasetNotes.lines(set);
    assertEquals(2, lines.size());
    assertTrue(
        lines
            .getFirst()
            .startsWith(
                "ignored 2 images in an unsupported format (emu/1.tif, emu/2.HEIC); 3 hidden"
                    + " files or folders (.thumbs/, cat/.DS_Store, dog/.2.png); 6 system"),
        lines::toString);
    assertEquals("1 of 3 classes without images: emu", lines.get(1));
    assertEquals(set.notes(), set.select(1, 0).notes());
  }

  @Test
  @Timeout(60)
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void linksThatMultiplyAreRefused() throws IOException {
    picture("m/40/1.png", "s/b/1.png");
    for (int level = 0; level < 40; level++) {
      Files.createDirectories(folder.resolve("m/" + level));
      for (String name : List.of("x", "y", "z")) {
        Path link = folder.resolve("m/%d/%s".formatted(level, name));
        Files.createSymbolicLink(link, Path.of("../" + (level + 1)));
      }
    }
    Files.createSymbolicLink(folder.resolve("s/a"), Path.of("../m/0"));
    String message =
        assertThrows(FormatException.class, () -> DataSets.open(folder.resolve("s"))).getMessage();
    assertTrue(message.contains("in more than 16 ways"), message);
    Files.delete(folder.resolve("s/a"));
    Files.createSymbolicLink(folder.resolve("s/a"), Path.of("../m/38"));
    assertEquals(10, DataSets.open(folder.resolve("s")).size());
  }

  private void pipe(String name) throws IOException, InterruptedException {
    Process made = new ProcessBuilder("mkfifo", folder.resolve(name).toString()).start();
    assertTrue(made.waitFor(20, TimeUnit.SECONDS));
  }

  @Test
  void aFolderOfNothingElseIsRefusedWithTheCounts() {
    other("a/1.tif", "a/2.tif");
    assertTrue(
        refusal().endsWith("; ignored 2 images in an unsupported format (a/1.tif, a/2.tif)"),
        this::refusal);
  }

  @Test
  void manyNamesAreCutButCounted() {
    for (int i = 0; i < 30; i++) {
      other("a/%02d.tif".formatted(i));
    }
    picture("a/1.png");
    DatasetNotes.Ignored ignored = DataSets.open(folder).notes().ignored().getFirst();
    assertEquals(30, ignored.count());
    assertEquals(20, ignored.names().size());
    assertEquals("30 images in an unsupported format (a/00.tif, a/01.tif, ...)", ignored.text(2));
  }

  @Test
  void namesCannotMoveTheCursor() {
    picture("a/1.png");
    other("a/\033[2J\n.tif");
    assertEquals(
        "ignored 1 image in an unsupported format (a/\\x1b[2J\\x0a.tif)",
        DatasetNotes.lines(DataSets.open(folder)).getFirst());
  }

  @Test
  void aPictureBesideTheClassFoldersIsTheReason() {
    picture("preview.png", "cat/1.png", "dog/1.png");
    Dataset set = DataSets.open(folder);
    assertFalse(set.hasLabels());
    assertTrue(set.notes().unlabeled().startsWith("preview.png is in "), set.notes()::unlabeled);
    picture("q.png");
    assertTrue(DataSets.open(folder).notes().unlabeled().startsWith("preview.png and 1 more are"));
  }

  @ParameterizedTest
  @CsvSource({
    "train val",
    "train val annotations",
    "Train Test",
    "train2017 val2017 cat",
    "train_set test_set",
    "train",
    "validation"
  })
  void splitsAreNotClasses(String names) {
    for (String name : names.split(" ")) {
      if (name.equals("annotations")) {
        other(name + "/readme.txt");
      } else {
        picture(name + "/a/1.png");
      }
    }
    assertTrue(refusal().contains("contains the splits "), this::refusal);
  }

  @ParameterizedTest
  @CsvSource({"car train bus", "test1 test2", "evaluate contest", "val cat"})
  void classesMayBeNamedLikeSplits(String names) {
    for (String name : names.split(" ")) {
      picture(name + "/1.png");
    }
    assertEquals(names.split(" ").length, DataSets.open(folder).classNames().size());
  }

  @Test
  void everythingBesideArchivesIsCounted() {
    Samples.write(folder.resolve("a.tar"), Samples.tar(Map.of("x/1.png", Samples.png(1))));
    Samples.write(folder.resolve("b.TAR"), Samples.tar(Map.of("y/1.png", Samples.png(2))));
    other("c.tar.gz", "._a.tar");
    picture("dog/1.png");
    Dataset set = DataSets.open(folder);
    assertEquals(2, set.size());
    assertEquals(
        Map.of(
            Reason.BESIDE_ARCHIVES, List.of("c.tar.gz", "dog"),
            Reason.HIDDEN, List.of("._a.tar")),
        names(set));
  }

  @ParameterizedTest
  @CsvSource({
    "train-images-idx3-ubyte,train-labels-idx1-ubyte",
    "train-images.idx3-ubyte,train-labels.idx1-ubyte",
    "train-images-idx3-ubyte,train-labels.idx1-ubyte",
    "train-images-idx3-ubyte,train-labels-idx1-ubyte.gz",
    "train-images.idx3-ubyte.gz,train-labels-idx1-ubyte",
    "emnist-letters-train-images-idx3-ubyte,emnist-letters-train-labels-idx1-ubyte",
    "Train-Images-IDX3-ubyte,train-labels-idx1-ubyte",
    "train_images.idx3,train_labels.idx1"
  })
  void labelsOfIdxFilesAreFoundByEitherNaming(String images, String labels) throws IOException {
    byte[] pixels = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9, 5, 6};
    byte[] numbers = {0, 0, 8, 1, 0, 0, 0, 2, 3, 1};
    Samples.write(folder.resolve(images), Samples.packedIf(images.endsWith(".gz"), pixels));
    Samples.write(folder.resolve(labels), Samples.packedIf(labels.endsWith(".gz"), numbers));
    other("._" + images, "other-labels-idx1-ubyte");
    for (String path : List.of(images, "train")) {
      assertArrayEquals(new int[] {3, 1}, DataSets.open(folder.resolve(path)).labels(), path);
    }
    assertTrue(refusal().contains("the splits train"), this::refusal);
  }

  @Test
  void missingLabelsOfIdxFilesAreNamed() {
    byte[] pixels = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7};
    Samples.write(folder.resolve("a-test-images.idx3-ubyte"), pixels);
    Dataset set = DataSets.open(folder.resolve("test"));
    assertEquals(
        "there is no file a-test-labels.idx1-ubyte beside the images", set.notes().unlabeled());
    Samples.write(folder.resolve("b-test-images.idx3-ubyte"), pixels);
    String several =
        assertThrows(ArgumentException.class, () -> DataSets.open(folder.resolve("test")))
            .getMessage();
    assertTrue(several.contains("a-test-images.idx3-ubyte, b-test-images.idx3-ubyte"), several);
  }

  @Test
  void commentsInAListAreCounted() {
    picture("#1.png", "a b.png");
    Samples.write(
        folder.resolve("list.lst"),
        "\uFEFF# path label\r\n\r\n  ./#1.png\t1\r\na b.png  0\r\n#a b.png 1".getBytes(UTF_8));
    Dataset set = DataSets.open(folder.resolve("list.lst"));
    assertArrayEquals(new int[] {1, 0}, set.labels());
    assertEquals(3, set.picture(0).channels() * set.picture(1).height() / 3);
    assertEquals(Map.of(Reason.COMMENT, List.of("line 1", "line 5")), names(set));
  }

  @Test
  void aListOfOneEndlessLineIsRefused() {
    other("list.txt");
    Samples.write(folder.resolve("long.txt"), "x".repeat(1 << 17).getBytes(UTF_8));
    Samples.write(folder.resolve("utf16.txt"), "\uFEFFa.png 0".getBytes(UTF_16LE));
    for (String name : List.of("long.txt", "utf16.txt")) {
      String message =
          assertThrows(FormatException.class, () -> DataSets.open(folder.resolve(name)))
              .getMessage();
      assertTrue(message.contains(name + ", line 1: "), message);
    }
  }

  @Test
  @Timeout(60)
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsNotAFileIsNeverOpened() throws Exception {
    picture("a/1.png", "a/2.png");
    pipe("p.tar");
    pipe("p.png");
    Samples.write(
        folder.resolve("list.txt"), "p.png 0\n/dev/zero 1\na 1\nnone.png 0\n".getBytes(UTF_8));
    Dataset listed = DataSets.open(folder.resolve("list.txt"));
    List<String> reasons =
        List.of(
            "is a named pipe, not a file",
            "is a device, not a file",
            "is a folder, not a file",
            "is missing");
    for (int i = 0; i < listed.size(); i++) {
      int sample = i;
      assertEquals(
          reasons.get(i),
          assertThrows(DamagedPictureException.class, () -> listed.picture(sample)).reason());
    }
    assertEquals(
        folder.resolve("p.tar") + " is a named pipe, not a data set",
        assertThrows(ArgumentException.class, () -> DataSets.open(folder.resolve("p.tar")))
            .getMessage());

    Dataset set = DataSets.open(folder.resolve("a"));
    Files.delete(folder.resolve("a/2.png"));
    pipe("a/2.png");
    assertEquals(
        "is a named pipe, not a file",
        assertThrows(DamagedPictureException.class, () -> set.picture(1)).reason());
  }
}
