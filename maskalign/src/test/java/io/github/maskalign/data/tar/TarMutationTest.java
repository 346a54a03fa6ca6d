package io.github.maskalign.data.tar;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.sets.Samples;
import io.github.maskalign.data.tar.TarIndex.Entry;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.io.TempDir;

class TarMutationTest extends FuzzContract {
  private static final int BLOCK = 512;
  private final PictureDecoder decoder = PictureDecoder.open();

  @TempDir private Path folder;

  private static byte[] labeled() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : List.of("000", "track.2", "x".repeat(150))) {
      files.put(name + ".png", new byte[74]);
      files.put(name + ".cls", "1".getBytes(US_ASCII));
    }
    return Samples.tar(files);
  }

  /** Pax records, links and non-ASCII names. */
  private static byte[] linked() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (String name : List.of("s/é/1.png", "s/b/" + "y".repeat(120) + ".png")) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setModTime(0L);
        entry.setSize(100);
        tar.putArchiveEntry(entry);
        tar.write(new byte[100]);
        tar.closeArchiveEntry();
      }
      for (byte type : new byte[] {TarConstants.LF_LINK, TarConstants.LF_SYMLINK}) {
        TarArchiveEntry link = new TarArchiveEntry("s/b/" + type + ".png", type);
        link.setModTime(0L);
        link.setLinkName("s/é/1.png");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Override
  protected ByteMutator mutator() {
    try {
      return new ByteMutator(
          List.of(labeled(), linked()),
          List.of(
              "77777777777",
              "00000000000",
              "-0000000001",
              "\u0000",
              "../",
              "/",
              "./",
              ".cls",
              ".png",
              "30 path=a/b.png\n",
              "19 size=9999999999\n",
              "9999999 path=\n",
              "GNU.sparse.major=1",
              "L",
              "K",
              "x",
              "g",
              "S",
              "1",
              "2"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every second archive has valid checksums, without which little else is looked at. */
  @Override
  protected void read(byte[] file, String name) throws Exception {
    byte[] tar = file.clone();
    if (Arrays.hashCode(file) % 2 == 0) {
      for (int at = 0; at + BLOCK <= tar.length; at += BLOCK) {
        if (tar[at + 257] == 'u' && tar[at + 258] == 's') {
          Samples.repairTarHeader(tar, at);
        }
      }
    }
    Path path = Files.write(folder.resolve(name), tar);
    try {
      open(path, tar.length);
    } finally {
      Files.delete(path);
    }
  }

  private void open(Path path, int length) {
    IgnoredFiles ignored = new IgnoredFiles();
    TarIndex index = TarIndex.scan(path, ignored);
    for (Entry picture : index.pictures()) {
      assertTrue(picture.offset() >= 0 && picture.offset() + picture.size() <= length);
    }
    Dataset set =
        TarShards.open(List.of(path), List.of(index), "tar archive " + path, ignored, decoder);
    for (int i = 0; i < set.size(); i++) {
      assertTrue(set.name(i).startsWith(path + ":"));
      assertTrue(!set.hasLabels() || set.label(i) < set.classNames().size());
    }
    assertTrue(set.notes().ignored().stream().allMatch(each -> each.count() > 0));
  }

  /** Labels up to a million, each with a class of its own. */
  @Override
  protected long memoryLimit(byte[] file) {
    return 128 << 20;
  }
}
