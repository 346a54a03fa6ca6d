package io.github.maskalign.data.sets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.StateException;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSetsTest {

  @TempDir private Path folder;

  private Path file(String name, byte[] content) {
    return Samples.write(folder.resolve(name), content);
  }

  private Path text(String name, String content) {
    return file(name, content.getBytes(UTF_8));
  }

  /** The first pixel's red, which identifies the pictures of a test. */
  private static int[] shades(Dataset set) {
    return IntStream.range(0, set.size())
        .map(i -> set.picture(i).pixels()[set.picture(i).offset()] & 0xff)
        .toArray();
  }

  private String refusal(Class<? extends Exception> type, String path) {
    return assertThrows(type, () -> DataSets.open(folder.resolve(path))).getMessage();
  }

  @Test
  void subFoldersAreClassesSortedByName() throws IOException {
    file("dog/z.png", Samples.png(4));
    file("dog/deep/er/a.JPG", Samples.png(3));
    file("cat/2.jpeg", Samples.png(2));
    file("cat/10.PNG", Samples.png(1));
    file("cat/.hidden.png", Samples.png(9));
    file(".thumbs/x.png", Samples.png(9));
    text("cat/notes.txt", "no picture");
    Files.createDirectory(folder.resolve("bird"));

    Dataset set = DataSets.open(folder);

    assertEquals(List.of("bird", "cat", "dog"), set.classNames());
    assertArrayEquals(new int[] {1, 1, 2, 2}, set.labels());
    assertArrayEquals(new int[] {1, 2, 3, 4}, shades(set));
    assertEquals(folder.resolve("cat/10.PNG").toString(), set.name(0));
    Picture picture = set.picture(0);
    assertEquals(List.of(3, 3, 4), List.of(picture.channels(), picture.height(), picture.width()));
    assertTrue(
        set.toString().startsWith("4 images, 3 classes: a folder per class in " + folder),
        set::toString);
  }

  @Test
  void picturesInTheFolderItselfHaveNoClasses() {
    file("b.png", Samples.png(2));
    file("a.png", Samples.png(1));
    file("c/d.png", Samples.png(3));

    Dataset set = DataSets.open(folder);

    assertFalse(set.hasLabels());
    assertEquals(List.of(), set.classNames());
    assertThrows(StateException.class, () -> set.label(0));
    assertArrayEquals(new int[] {1, 2, 3}, shades(set));
  }

  @Test
  void splitsAreNotTakenForClasses() {
    file("train/a/1.png", Samples.png(1));
    file("val/a/2.png", Samples.png(2));

    assertTrue(refusal(FormatException.class, "").contains("the splits train, val"));
    assertArrayEquals(new int[] {2}, shades(DataSets.open(folder.resolve("val"))));
  }

  @Test
  void whatHoldsNoPicturesIsRefusedWithAdvice() throws IOException {
    assertTrue(
        refusal(FormatException.class, "")
            .contains("searched it and its subfolders for files ending in .jpg"));
    assertTrue(refusal(ArgumentException.class, "none").endsWith("no such file or folder"));
    text("x.odd", "odd");
    assertTrue(refusal(FormatException.class, "x.odd").contains("not a known data set"));
    text("set.tar.gz", "");
    assertTrue(refusal(ArgumentException.class, "set.tar.gz").contains("unpack it"));
    Files.createDirectory(folder.resolve("loop"));
    Files.createSymbolicLink(folder.resolve("loop/again"), folder.resolve("loop"));
    assertTrue(
        refusal(FormatException.class, "loop").contains("link to a folder that contains it"));
  }

  @Test
  void aListPartsPathAndLabelAtTheLastBlank() {
    file("a b/my cat.png", Samples.png(1));
    file("dog.png", Samples.png(2));
    Path list = text("list.txt", "\uFEFFa b/my cat.png 3\r\n\ndog.png\t0\nmissing.png 1\n");

    Dataset set = DataSets.open(list);

    assertArrayEquals(new int[] {3, 0, 1}, set.labels());
    assertEquals(List.of("0", "1", "2", "3"), set.classNames());
    assertArrayEquals(new int[] {1, 2}, shades(set.subset(0, 2)));
    DamagedPictureException missing =
        assertThrows(DamagedPictureException.class, () -> set.picture(2));
    assertEquals(folder.resolve("missing.png") + ": is missing", missing.getMessage());
  }

  @Test
  void aListWithoutLabelsHasNone() {
    file("my cat.png", Samples.png(1));
    assertFalse(DataSets.open(text("list.txt", "my cat.png\n")).hasLabels());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.png 1\nb.png\n",
        "a.png\nb.png 1\n",
        "a.png cat\n",
        "a.png -1\n",
        "a.png 1000000\n",
        "a.png 99999999999999999999\n",
        "",
        "\n\n"
      })
  void aListThatCannotBeUnderstoodIsRefused(String content) {
    String message = refusal(FormatException.class, text("list.txt", content).toString());
    assertTrue(message.contains("list.txt"), message);
  }

  @Test
  void theOfficialLayoutIsFoundFromEitherEnd() {
    file("val/x/1.JPEG", Samples.png(1));
    file("val/2.JPEG", Samples.png(2));
    text("meta/val.txt", "2.JPEG 7\nx/1.JPEG 5\n");

    for (String path : List.of("val", "meta/val.txt")) {
      Dataset set = DataSets.open(folder.resolve(path));
      assertArrayEquals(new int[] {7, 5}, set.labels());
      assertArrayEquals(new int[] {2, 1}, shades(set));
    }
    assertTrue(refusal(ArgumentException.class, "").contains("the splits val"));
  }

  @Test
  void identityFollowsContent() throws IOException {
    Path first = file("a/1.png", Samples.png(1));
    file("b/2.png", Samples.png(2));
    String before = DataSets.open(folder).sha256();
    assertEquals(before, DataSets.open(folder).sha256());
    assertNotEquals(before, DataSets.open(folder).select(1, 0).sha256());

    Files.setLastModifiedTime(first, FileTime.fromMillis(12345));
    assertNotEquals(before, DataSets.open(folder).sha256());
  }

  @Test
  void mnistFilesAreFoundWithTheirLabels() {
    byte[] images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9, 5, 6};
    file("train-images-idx3-ubyte", images);
    file("t10k-images-idx3-ubyte", images);
    file("t10k-labels-idx1-ubyte", new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 3, 1});

    assertTrue(refusal(ArgumentException.class, "").contains("the splits test, train"));
    assertFalse(DataSets.open(folder.resolve("train")).hasLabels());
    for (String path : List.of("test", "val", "t10k-images-idx3-ubyte")) {
      Dataset set = DataSets.open(folder.resolve(path));
      assertArrayEquals(new int[] {3, 1}, set.labels());
      assertArrayEquals(new int[] {7, 5}, shades(set));
      assertTrue(set.toString().startsWith("2 images of 1 x 1 x 2, 4 classes: IDX"), path);
    }
    file("t10k-labels-idx1-ubyte", new byte[] {0, 0, 8, 1, 0, 0, 0, 1, 3});
    assertTrue(refusal(FormatException.class, "test").contains("for images of shape"));
  }

  private static byte[] cifar(int labelBytes, int... shades) {
    byte[] records = new byte[shades.length * (labelBytes + 3072)];
    for (int i = 0; i < shades.length; i++) {
      int at = i * (labelBytes + 3072);
      records[at + labelBytes - 1] = (byte) (shades[i] % 10);
      records[at + labelBytes] = (byte) shades[i];
    }
    return records;
  }

  @Test
  void cifarsBinaryFilesAreJoined() {
    file("data_batch_2.bin", cifar(1, 13));
    file("data_batch_1.bin", cifar(1, 11, 12));
    file("test_batch.bin", cifar(1, 29));
    text("batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");

    Dataset train = DataSets.open(folder.resolve("train"));
    assertArrayEquals(new int[] {11, 12, 13}, shades(train));
    assertArrayEquals(new int[] {1, 2, 3}, train.labels());
    assertEquals("b", train.classNames().get(1));
    assertArrayEquals(new int[] {29}, shades(DataSets.open(folder.resolve("test"))));
    assertTrue(refusal(ArgumentException.class, "").contains("the splits test, train"));

    file("c100/train.bin", cifar(2, 17, 18));
    assertEquals(100, DataSets.open(folder.resolve("c100/train")).classNames().size());
    file("short.bin", new byte[3072]);
    assertTrue(refusal(FormatException.class, "short.bin").contains("fits neither"));
    byte[] wrong = cifar(1, 3);
    wrong[0] = 10;
    file("wrong.bin", wrong);
    assertTrue(refusal(FormatException.class, "wrong.bin").contains("label 10"));
  }

  @Test
  void aRangeOfSamplesFollowsTheName() {
    Dataset all = DataSets.named("fashion-mnist");
    Dataset first = DataSets.named("fashion-mnist[:3]");
    Dataset last = DataSets.named("fashion-mnist[9998:]");
    assertEquals(3, first.size());
    assertEquals(2, last.size());
    assertEquals(all.label(9999), last.label(1));
    assertEquals(1, DataSets.named("fashion-mnist[4:5]").size());
    ArgumentException tooFar =
        assertThrows(ArgumentException.class, () -> DataSets.named("fashion-mnist[0:10001]"));
    assertTrue(tooFar.getMessage().contains("10,000 samples"), tooFar.getMessage());
    assertThrows(ArgumentException.class, () -> DataSets.named("fashion-mnist[5:5]"));
    assertThrows(ArgumentException.class, () -> DataSets.named("fashion-mnist[6:5]"));
  }

  /** On Windows, no path contains a colon; this one is invalid everywhere. */
  @Test
  void aRangeNeedNotBeAValidPath() {
    ArgumentException invalid =
        assertThrows(ArgumentException.class, () -> DataSets.named("images\0[:3]"));
    assertTrue(invalid.getMessage().contains("not a valid path"), invalid.getMessage());
  }
}
