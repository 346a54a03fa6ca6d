package io.github.maskalign.data.tar;

import io.github.maskalign.data.DatasetNotes.Reason;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.PictureNames;
import io.github.maskalign.data.tar.TarIndex.Entry;
import io.github.maskalign.tensor.error.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The labeled samples of an archive. Two conventions name the label file of a picture:
 *
 * <ul>
 *   <li>the picture's own name with the extension {@code .cls}: {@code track.2.png} and {@code
 *       track.2.cls};
 *   <li>WebDataset's, in which the files of a sample share the path up to the first dot of the file
 *       name: {@code 000.left.png} and {@code 000.cls}.
 * </ul>
 *
 * <p>The first takes precedence. So the picture of {@code 000.cls} is {@code 000.jpg} where there
 * is one, and {@code 000.seg.png} beside it is a further image of the sample, which is ignored.
 *
 * @param labels of the pictures
 */
record TarSamples(List<Entry> pictures, int[] labels) {

  /** Of several images of one name, the first of these; a mask is not a JPEG. */
  private static final List<String> PREFERRED =
      List.of("jpg", "jpeg", "jpe", "jfif", "webp", "png");

  /**
   * Finds the label of each picture.
   *
   * @param ignored counts further images of a sample and labels without one
   * @throws FormatException if a picture has no label, or it is unclear which of two has it
   */
  static TarSamples of(TarIndex index, IgnoredFiles ignored) {
    Map<String, Entry> chosen = new HashMap<>();
    Set<String> labeled = new HashSet<>();
    for (Entry picture : index.pictures()) {
      String stem = TarIndex.stem(picture.name());
      if (index.labels().containsKey(stem)) {
        labeled.add(picture.name());
        chosen.merge(stem, picture, TarSamples::preferred);
      }
    }
    Set<String> byName = Set.copyOf(chosen.keySet());
    for (Entry picture : index.pictures()) {
      String key = key(picture.name());
      if (labeled.contains(picture.name()) || byName.contains(key)) {
        continue;
      }
      if (!index.labels().containsKey(key)) {
        throw new FormatException(
            "%s: '%s' has no label file %s.cls, unlike others"
                .formatted(index.archive(), picture.name(), TarIndex.stem(picture.name())));
      }
      Entry other = chosen.put(key, picture);
      if (other != null) {
        throw new FormatException(
            "%s: '%s' and '%s' share the label file %s.cls, which fits neither name"
                .formatted(index.archive(), other.name(), picture.name(), key));
      }
    }
    return samples(index, chosen, ignored);
  }

  private static TarSamples samples(
      TarIndex index, Map<String, Entry> chosen, IgnoredFiles ignored) {
    Map<Entry, String> labelOf = new HashMap<>();
    chosen.forEach((name, picture) -> labelOf.put(picture, name));
    List<Entry> pictures = new ArrayList<>();
    for (Entry picture : index.pictures()) {
      if (labelOf.containsKey(picture)) {
        pictures.add(picture);
      } else {
        ignored.add(Reason.FURTHER_IMAGE, picture.name());
      }
    }
    index.labels().keySet().stream()
        .filter(name -> !chosen.containsKey(name))
        .forEach(name -> ignored.add(Reason.LABEL_ONLY, name + "." + TarIndex.LABEL));
    int[] labels =
        pictures.stream().mapToInt(each -> index.labels().get(labelOf.get(each))).toArray();
    return new TarSamples(pictures, labels);
  }

  private static Entry preferred(Entry one, Entry other) {
    return rank(other) < rank(one) ? other : one;
  }

  private static int rank(Entry picture) {
    int rank = PREFERRED.indexOf(PictureNames.extension(picture.name()));
    return rank < 0 ? PREFERRED.size() : rank;
  }

  /** The path up to the first dot of the file name. */
  private static String key(String name) {
    int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    return dot < 0 ? name : name.substring(0, dot);
  }
}
