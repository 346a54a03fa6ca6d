package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.TarIndex.Entry;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.PictureDecoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Images in tar archives that are not unpacked: an index made by one scan tells where each lies.
 *
 * <p>Labels come from files {@code NAME.cls}, the WebDataset convention: a picture and its label
 * share their path up to the first point of the file's name. Without any such file, the folders
 * below what all paths have in common are classes, as in an {@link ImageFolder}.
 */
final class TarShards {

  private TarShards() {}

  /**
   * Scans archives, in the order given.
   *
   * @throws FormatException if one is damaged or compressed, or there are no pictures in them
   */
  static Dataset open(List<Path> shards, String kind, PictureDecoder decoder) {
    List<TarIndex> indices = shards.stream().map(TarIndex::scan).toList();
    if (indices.stream().allMatch(index -> index.pictures().isEmpty())) {
      throw new FormatException(
          "no pictures in %s: looked for files ending in %s"
              .formatted(kind, PictureNames.extensions()));
    }
    ClassLabels labels =
        indices.stream().anyMatch(index -> !index.labels().isEmpty())
            ? numbered(indices)
            : folders(indices, kind);
    return new EncodedPictures(TarFiles.of(shards, indices), labels, kind, decoder);
  }

  private static ClassLabels numbered(List<TarIndex> indices) {
    List<Integer> numbers = new ArrayList<>();
    for (TarIndex index : indices) {
      Map<String, Integer> labels = new HashMap<>(index.labels());
      for (Entry picture : index.pictures()) {
        Integer label = labels.get(TarIndex.key(picture.name()));
        if (label == null) {
          throw new FormatException(
              "%s: '%s' has no label file %s.cls, unlike others"
                  .formatted(index.archive(), picture.name(), TarIndex.key(picture.name())));
        }
        numbers.add(label);
      }
    }
    return ClassLabels.numbered(numbers.stream().mapToInt(Integer::intValue).toArray());
  }

  private static ClassLabels folders(List<TarIndex> indices, String where) {
    List<String> names = names(indices).toList();
    int common = commonFolder(names);
    return ClassFolders.of(
        names.stream().map(name -> name.substring(common)).toList(), List.of(), where);
  }

  private static Stream<String> names(List<TarIndex> indices) {
    return indices.stream().flatMap(index -> index.pictures().stream()).map(Entry::name);
  }

  /** Length of the folders that all names start with. */
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
