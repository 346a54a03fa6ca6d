package io.github.maskalign.data.tar;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.maskalign.data.file.EncodedFiles;
import io.github.maskalign.data.file.FileBytes;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.NameList;
import io.github.maskalign.data.tar.TarIndex.Entry;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Pictures in tar archives. */
final class TarFiles implements EncodedFiles {

  private final List<Path> shards;

  /** Times of last modification when the shards were opened. */
  private final List<FileTime> opened;

  /** Where the pictures of each shard end. */
  private final int[] ends;

  private final NameList names;
  private final long[] offsets;
  private final int[] sizes;

  private TarFiles(List<Path> shards, int[] ends, NameList names, long[] offsets, int[] sizes) {
    this.shards = shards;
    this.opened = shards.stream().map(TarFiles::modified).toList();
    this.ends = ends;
    this.names = names;
    this.offsets = offsets;
    this.sizes = sizes;
  }

  /**
   * Pictures of archives.
   *
   * @param pictures of each archive
   */
  static TarFiles of(List<Path> shards, List<List<Entry>> pictures) {
    List<Entry> all = pictures.stream().flatMap(List::stream).toList();
    int[] ends = pictures.stream().mapToInt(List::size).toArray();
    Arrays.parallelPrefix(ends, Math::addExact);
    return new TarFiles(
        List.copyOf(shards),
        ends,
        NameList.of(all.stream().map(Entry::name).toList()),
        all.stream().mapToLong(Entry::offset).toArray(),
        all.stream().mapToInt(Entry::size).toArray());
  }

  @Override
  public int size() {
    return sizes.length;
  }

  @Override
  public String name(int number) {
    return FileNames.text(shard(number)) + ":" + names.get(number);
  }

  private Path shard(int number) {
    int found = Arrays.binarySearch(ends, number + 1);
    // Empty shards end where the one before them ends; the first of them has the picture.
    int at = found < 0 ? -found - 1 : found;
    while (at > 0 && ends[at - 1] > number) {
      at--;
    }
    return shards.get(at);
  }

  @Override
  public byte[] read(int number) throws IOException {
    return FileBytes.read(shard(number), offsets[number], sizes[number]);
  }

  @Override
  public String sha256() {
    return digest(at -> modified(shards.get(at)).toString());
  }

  @Override
  public String fingerprint() {
    return digest(at -> Files.size(shards.get(at)) + (isIntact(at) ? "\n" : " other files\n"));
  }

  /**
   * Whether the pictures of a shard are where the index has them. It is read again only if it was
   * written to since it was opened.
   */
  private boolean isIntact(int at) {
    Path shard = shards.get(at);
    if (modified(shard).equals(opened.get(at))) {
      return true;
    }
    Set<Entry> now;
    try {
      now = Set.copyOf(TarIndex.scan(shard, new IgnoredFiles()).pictures());
    } catch (FormatException _) {
      return false;
    }
    return IntStream.range(at == 0 ? 0 : ends[at - 1], ends[at])
        .allMatch(i -> now.contains(new Entry(names.get(i), offsets[i], sizes[i])));
  }

  /** The size of its archive; -1 where its pictures are no longer where they were. */
  @Override
  public long[] states() {
    long[] states = new long[size()];
    for (int at = 0; at < shards.size(); at++) {
      long state = -1;
      try {
        state = isIntact(at) ? Files.size(shards.get(at)) : -1;
      } catch (IOException | UncheckedIOException e) {
        // Its pictures are gone, too.
      }
      Arrays.fill(states, at == 0 ? 0 : ends[at - 1], ends[at], state);
    }
    return states;
  }

  private static FileTime modified(Path shard) {
    try {
      return Files.getLastModifiedTime(shard);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FileNames.text(shard), e);
    }
  }

  /** What identifies the present state of a shard besides its index. */
  @FunctionalInterface
  private interface State {
    String of(int shard) throws IOException;
  }

  private String digest(State state) {
    Sha256 digest = new Sha256();
    for (int at = 0; at < shards.size(); at++) {
      try {
        digest.add(state.of(at).getBytes(UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    for (int i = 0; i < size(); i++) {
      digest.add("%s %d %d%n".formatted(names.get(i), offsets[i], sizes[i]).getBytes(UTF_8));
    }
    return digest.hex();
  }
}
