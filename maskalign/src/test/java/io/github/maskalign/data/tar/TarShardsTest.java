package io.github.maskalign.data.tar;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.data.sets.Samples;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarShardsTest {

  @TempDir private Path folder;

  private static Map<String, byte[]> files(Object... namesAndContents) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      Object content = namesAndContents[i + 1];
      files.put(
          (String) namesAndContents[i],
          content instanceof Integer shade
              ? Samples.png(shade)
              : ((String) content).getBytes(US_ASCII));
    }
    return files;
  }

  private Path tar(String name, Object... namesAndContents) {
    return Samples.write(folder.resolve(name), Samples.tar(files(namesAndContents)));
  }

  private static int[] shades(Dataset set) {
    return IntStream.range(0, set.size())
        .map(i -> set.picture(i).pixels()[set.picture(i).offset()] & 0xff)
        .toArray();
  }

  private String refusal(Path path) {
    return assertThrows(FormatException.class, () -> DataSets.open(path)).getMessage();
  }

  @Test
  void labelFilesBelongToPicturesOfTheSameName() {
    tar("b.tar", "d/002.png", 3, "d/002.cls", "0\n");
    tar(
        "a.tar",
        "000.cls",
        "2",
        "000.jpg",
        1,
        "000.json",
        "{}",
        "000.seg.png",
        9,
        "001.png",
        2,
        "001.cls",
        "1");
    tar("c.tar", "notes.txt", "nothing here");

    Dataset set = DataSets.open(folder);

    assertArrayEquals(new int[] {1, 2, 3}, shades(set));
    assertArrayEquals(new int[] {2, 1, 0}, set.labels());
    assertEquals(folder.resolve("b.tar") + ":d/002.png", set.name(2));
    assertTrue(set.toString().startsWith("3 images, 3 classes: 3 tar shards in"), set::toString);
  }

  @Test
  void withoutLabelFilesFoldersAreClasses() {
    String deep = "x".repeat(120);
    Path path = tar("a.tar", "./set/dog/1.v2.png", 1, "set/cat/" + deep + ".png", 2);

    Dataset set = DataSets.open(path);

    assertEquals(List.of("cat", "dog"), set.classNames());
    assertArrayEquals(new int[] {1, 0}, set.labels());
    assertArrayEquals(new int[] {1, 2}, shades(set));
    assertFalse(DataSets.open(tar("b.tar", "set/1.png", 1, "set/x/2.png", 2)).hasLabels());
  }

  @Test
  void namesNeverLeaveTheArchive() {
    Path path = tar("a.tar", "../../up.png", 1, "/etc/passwd.png", 2, "c:\\x.png", 3);
    assertArrayEquals(new int[] {1, 2, 3}, shades(DataSets.open(path)));
    assertFalse(Files.exists(folder.resolve("../../up.png")));
  }

  @Test
  void whatIsNoWholeArchiveIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(tar("a.tar", "1.png", 1, "2.png", 2));
    Path cut = Samples.write(folder.resolve("cut.tar"), Arrays.copyOf(whole, 1536 + 20));
    assertTrue(refusal(cut).contains("cut.tar"), () -> refusal(cut));

    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(whole);
    }
    Path zipped = Samples.write(folder.resolve("zipped.tar"), packed.toByteArray());
    assertTrue(refusal(zipped).contains("is compressed"), () -> refusal(zipped));

    byte[] huge = whole.clone();
    // The size of the first file, in octal, and the checksum that goes with it.
    System.arraycopy("77777777777".getBytes(US_ASCII), 0, huge, 124, 11);
    Samples.repairTarHeader(huge, 0);
    Path large = Samples.write(folder.resolve("large.tar"), huge);
    assertTrue(refusal(large).contains("ends inside '1.png'"), () -> refusal(large));

    Path empty = Samples.write(folder.resolve("empty.tar"), new byte[0]);
    assertTrue(refusal(empty).contains("empty.tar"), () -> refusal(empty));
    String lfs = "version https://git-lfs.github.com/spec/v1\n";
    Path pointer = Samples.write(folder.resolve("lfs.tar"), lfs.getBytes(US_ASCII));
    assertTrue(refusal(pointer).contains("lfs.tar: is only a Git LFS pointer"), refusal(pointer));
    Path bare = Samples.write(folder.resolve("bare.tar"), new byte[1024]);
    assertTrue(refusal(bare).contains("no images"), () -> refusal(bare));
  }

  @Test
  void labelsThatDoNotFitAreRefused() {
    assertTrue(refusal(tar("a.tar", "1.png", 1, "1.cls", "x")).contains("must be a number"));
    assertTrue(refusal(tar("b.tar", "1.png", 1, "1.cls", "99999999")).contains("must be a"));
    assertTrue(
        refusal(tar("c.tar", "1.png", 1, "1.cls", "0", "2.png", 2))
            .contains("no label file 2.cls"));
    assertTrue(
        refusal(tar("d.tar", "1.l.png", 1, "1.cls", "0", "1.r.png", 2))
            .contains("'1.l.png' and '1.r.png' share the label file 1.cls"));
  }

  @Test
  void aShardThatShrinksLaterHasDamagedPictures() throws IOException {
    Path path = tar("a.tar", "1.png", 1, "2.png", 2);
    Dataset set = DataSets.open(path);
    Files.write(path, new byte[700]);
    assertEquals(
        path + ":2.png: is shorter than it was",
        assertThrows(DamagedPictureException.class, () -> set.picture(1)).getMessage());
  }

  @Test
  void theFingerprintTellsAnArchiveThatWasRewritten() throws IOException {
    tar("a.tar", "1.png", 1);
    Path path = tar("b.tar", "a/1.png", 1, "b/2.png", 2);
    Dataset set = DataSets.open(folder);
    String before = set.fingerprint();
    long[] states = set.fileStates();
    byte[] original = Files.readAllBytes(path);

    rewrite(path, original);
    assertEquals(before, set.fingerprint());
    rewrite(path, Samples.tar(files("b/2.png", 2, "a/1.png", 1)));
    assertEquals(original.length, Files.size(path));
    assertNotEquals(before, set.fingerprint());
    long[] now = set.fileStates();
    assertEquals(states[0], now[0]);
    assertNotEquals(states[1], now[1]);
    assertNotEquals(states[2], now[2]);
    rewrite(path, new byte[original.length]);
    assertNotEquals(before, set.fingerprint());
    rewrite(path, original);
    assertEquals(before, set.fingerprint());
    assertArrayEquals(states, set.fileStates());
  }

  private static void rewrite(Path path, byte[] content) throws IOException {
    Files.write(path, content);
    // Clocks may be coarser than this test.
    Files.setLastModifiedTime(path, FileTime.fromMillis(1));
  }
}
