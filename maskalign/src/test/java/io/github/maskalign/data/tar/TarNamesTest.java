package io.github.maskalign.data.tar;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.data.sets.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of an archive are samples, and what is said about the others. */
class TarNamesTest {

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private TarArchiveOutputStream tar = writer(UTF_8);

  private TarArchiveOutputStream writer(Charset names) {
    TarArchiveOutputStream writer = new TarArchiveOutputStream(bytes, names.name());
    writer.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
    return writer;
  }

  private void add(String name, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /** Pictures of shade 1, 2, ... */
  private void pictures(String... names) throws IOException {
    for (int i = 0; i < names.length; i++) {
      add(names[i], Samples.png(i + 1));
    }
  }

  private void labels(Object... namesAndLabels) throws IOException {
    for (int i = 0; i < namesAndLabels.length; i += 2) {
      add((String) namesAndLabels[i], namesAndLabels[i + 1].toString().getBytes(UTF_8));
    }
  }

  private void link(byte type, String name, String target) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private Dataset open() throws IOException {
    tar.close();
    return DataSets.open(Samples.write(folder.resolve("set.tar"), bytes.toByteArray()));
  }

  private static List<String> names(Dataset set) {
    return IntStream.range(0, set.size())
        .mapToObj(set::name)
        .map(name -> name.substring(name.indexOf(".tar:") + 5))
        .toList();
  }

  private static int[] shades(Dataset set) {
    return IntStream.range(0, set.size())
        .map(i -> set.picture(i).pixels()[set.picture(i).offset()] & 0xff)
        .toArray();
  }

  private static List<String> ignored(Dataset set) {
    List<String> lines = new ArrayList<>();
    for (DatasetNotes.Ignored each : set.notes().ignored()) {
      lines.add(each.reason() + " " + each.count() + " " + String.join(" ", each.names()));
    }
    return lines;
  }

  @Test
  void namesWithDotsHaveLabelsOfTheirOwn() throws IOException {
    pictures("p0.png", "track.2.png", "cam1.2023-01-00.png", "cam1.2023-01-01.png");
    labels("p0.cls", 0, "track.2.cls", 1, "cam1.2023-01-00.cls", 2, "cam1.2023-01-01.cls", 0);
    Dataset set = open();
    assertEquals(
        List.of("p0.png", "track.2.png", "cam1.2023-01-00.png", "cam1.2023-01-01.png"), names(set));
    assertArrayEquals(new int[] {0, 1, 2, 0}, set.labels());
    assertEquals(List.of(), ignored(set));
  }

  @Test
  void aSampleMayHaveSeveralMembers() throws IOException {
    pictures("000.png", "000.jpg", "000.seg.png", "001.left.webp", "d.x/002.png");
    labels("000.cls", 1, "001.cls", 0, "d.x/002.CLS", 1, "003.cls", 1, "000.json", "{}");
    Dataset set = open();
    assertEquals(List.of("000.jpg", "001.left.webp", "d.x/002.png"), names(set));
    assertArrayEquals(new int[] {1, 0, 1}, set.labels());
    assertArrayEquals(new int[] {2, 4, 5}, shades(set));
    assertEquals(
        List.of("FURTHER_IMAGE 2 000.png 000.seg.png", "LABEL_ONLY 1 003.cls", "OTHER 1 000.json"),
        ignored(set));
  }

  @Test
  void linksAreFilesOfTheArchiveOnly() throws IOException {
    pictures("s/a/1.png", "s/b/2.png");
    link(TarConstants.LF_LINK, "s/a/3.png", "./s/b/2.png");
    link(TarConstants.LF_LINK, "s/b/4.png", "s/a/3.png");
    link(TarConstants.LF_SYMLINK, "s/a/5.png", "6.png");
    link(TarConstants.LF_SYMLINK, "s/a/6.png", "../b/2.png");
    link(TarConstants.LF_SYMLINK, "s/b/7.png", "/etc/passwd");
    link(TarConstants.LF_SYMLINK, "s/b/8.png", "8.png");
    link(TarConstants.LF_LINK, "s/b/9.png", "../../9.png");
    link(TarConstants.LF_FIFO, "s/b/pipe.png", "");
    Dataset set = open();
    assertArrayEquals(new int[] {1, 2, 2, 2, 2, 2}, shades(set));
    assertArrayEquals(new int[] {0, 1, 0, 1, 0, 0}, set.labels());
    assertEquals(
        List.of("BROKEN_LINK 3 s/b/7.png s/b/8.png s/b/9.png", "SPECIAL 1 s/b/pipe.png"),
        ignored(set));
  }

  @Test
  void labelsMayBeLinks() throws IOException {
    pictures("1.png", "2.png");
    labels("1.cls", 4);
    link(TarConstants.LF_LINK, "2.cls", "1.cls");
    assertArrayEquals(new int[] {4, 4}, open().labels());
  }

  @Test
  void hiddenAndSystemFoldersAreNoClasses() throws IOException {
    pictures("./s/c0/a.png", "./s/c1/b.png", "s/c0/._a.png", "__MACOSX/s/c0/a.png", "s/.t/t.png");
    Dataset set = open();
    assertEquals(List.of("c0", "c1"), set.classNames());
    assertEquals(
        List.of("HIDDEN 2 s/.t/t.png s/c0/._a.png", "SYSTEM 1 __MACOSX/s/c0/a.png"), ignored(set));
  }

  @Test
  void aLaterFileReplacesAnEarlierOne() throws IOException {
    pictures("a/1.png", "b/2.png", "a/1.png");
    Dataset set = open();
    assertArrayEquals(new int[] {2, 3}, shades(set));
    assertEquals(List.of("REPLACED 1 a/1.png"), ignored(set));
  }

  @Test
  void namesKeepTheirBytes() throws IOException {
    tar = writer(ISO_8859_1);
    pictures("s/caf\u00e9/" + "x".repeat(100) + ".png", "s/caf\u00e8/1.png");
    Dataset set = open();
    assertEquals(List.of("caf\\xe8", "caf\\xe9"), set.classNames());
    assertArrayEquals(new int[] {1, 0}, set.labels());
  }

  @Test
  void paxRecordsOverrideHeaders() throws IOException {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    pictures("s/naïve/" + "日".repeat(60) + ".png", "s/b/1.png");
    Dataset set = open();
    assertEquals(List.of("b", "naïve"), set.classNames());
    assertArrayEquals(new int[] {1, 2}, shades(set));
  }

  @Test
  void joinedArchivesAreReadToTheEnd() throws IOException {
    pictures("a/1.png");
    tar.close();
    tar = writer(UTF_8);
    pictures("b/1.png", "b/2.png");
    Dataset set = open();
    assertEquals(List.of("a/1.png", "b/1.png", "b/2.png"), names(set));
  }

  @Test
  void aPictureBesideClassFoldersIsTheReason() throws IOException {
    pictures("s/1.png", "s/x/2.png");
    Dataset set = open();
    assertEquals(0, set.classNames().size());
    assertTrue(set.notes().unlabeled().startsWith("1.png is in tar archive"));
  }
}
