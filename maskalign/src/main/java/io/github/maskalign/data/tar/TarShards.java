package io.github.maskalign.data.tar;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.file.ClassFolders;
import io.github.maskalign.data.file.ClassLabels;
import io.github.maskalign.data.file.EncodedPictures;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.PictureNames;
import io.github.maskalign.data.tar.TarIndex.Entry;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.PictureDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Pictures in tar archives, read in place: one scan builds an index of their positions.
 *
 * <p>Labels come from files {@code NAME.cls}, as {@link TarSamples} describes. Without any such
 * file, the folders below the common prefix of all paths are classes, as in a folder of pictures.
 */
public final class TarShards {

  private TarShards() {}

  /**
   * Scans archives, in the order given.
   *
   * @param ignored counts what is ignored beside and in them
   * @throws FormatException if one is damaged or compressed, or they contain no pictures
   */
  public static Dataset open(
      List<Path> shards, String kind, IgnoredFiles ignored, PictureDecoder decoder) {
    List<TarIndex> indices = shards.stream().map(shard -> TarIndex.scan(shard, ignored)).toList();
    return open(shards, indices, kind, ignored, decoder);
  }

  /** The set of archives that were scanned. */
  static Dataset open(
      List<Path> shards,
      List<TarIndex> indices,
      String kind,
      IgnoredFiles ignored,
      PictureDecoder decoder) {
    if (indices.stream().allMatch(index -> index.pictures().isEmpty())) {
      throw new FormatException(
          "no images in %s: searched for files ending in %s%s"
              .formatted(kind, PictureNames.extensions(), ignored.summary()));
    }
    if (indices.stream().anyMatch(index -> !index.labels().isEmpty())) {
      List<TarSamples> samples =
          indices.stream().map(index -> TarSamples.of(index, ignored)).toList();
      int[] labels = samples.stream().flatMapToInt(each -> IntStream.of(each.labels())).toArray();
      List<List<Entry>> pictures = samples.stream().map(TarSamples::pictures).toList();
      return new EncodedPictures(
          TarFiles.of(shards, pictures),
          ClassLabels.numbered(labels),
          kind,
          ignored.notes(""),
          decoder);
    }
    List<List<Entry>> pictures = indices.stream().map(TarIndex::pictures).toList();
    ClassFolders classes = folders(pictures, kind);
    return new EncodedPictures(
        TarFiles.of(shards, pictures),
        classes.labels(),
        kind,
        ignored.notes(classes.unlabeled()),
        decoder);
  }

  private static ClassFolders folders(List<List<Entry>> pictures, String where) {
    List<String> names = new ArrayList<>();
    pictures.forEach(shard -> shard.forEach(picture -> names.add(picture.name())));
    int common = commonFolder(names);
    names.replaceAll(name -> name.substring(common));
    return ClassFolders.of(
        names, List.of(), where, _ -> "pack each of them into an archive of its own");
  }

  /** Length of the common folder prefix of all names. */
  private static int commonFolder(List<String> names) {
    String common = names.getFirst().substring(0, names.getFirst().lastIndexOf('/') + 1);
    for (String name : names) {
      while (!name.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }
    return common.length();
  }
}
