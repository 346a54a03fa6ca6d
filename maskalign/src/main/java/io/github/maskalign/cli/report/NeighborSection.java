package io.github.maskalign.cli.report;

import io.github.maskalign.cli.visualize.ContactSheet;
import io.github.maskalign.cli.visualize.PatchInsight;
import io.github.maskalign.data.CenterCrop;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.Features;
import io.github.maskalign.eval.Neighbors;
import io.github.maskalign.vit.image.Picture;
import java.util.List;
import java.util.Locale;

/** Some pictures of a labeled set, and those that the network finds most like them. */
final class NeighborSection {

  private static final int NEAREST = 6;
  private static final int BATCH = 50;

  private NeighborSection() {}

  /**
   * Computes the features and draws the section.
   *
   * @param queries pictures that are shown
   * @param gallery among which their neighbors are looked for; none of the queries
   */
  static String of(PatchInsight lens, Dataset queries, Dataset gallery) {
    Transform transform = new CenterCrop(lens.preprocessing());
    FeatureExtractor extractor =
        new FeatureExtractor(lens.scope(), lens.network(), transform, BATCH);
    Features known = extractor.extract(gallery);
    Features asked = extractor.extract(queries);
    List<List<Neighbors.Neighbor>> nearest = Neighbors.nearest(known, asked, NEAREST);
    StringBuilder out = new StringBuilder();
    out.append(
        Html.note(
            "On the left a picture, then the most similar of %,d others by the cosine of the class"
                    .formatted(gallery.size())
                + " token and the mean of the patches; framed where the class is another."));
    out.append("<table class=\"pictures\">\n");
    for (int i = 0; i < nearest.size(); i++) {
      int own = asked.labels()[i];
      out.append("<tr>").append(cell(queries.picture(i), name(queries, own), "", "query"));
      for (Neighbors.Neighbor neighbor : nearest.get(i)) {
        int label = known.labels()[neighbor.sample()];
        out.append(
            cell(
                gallery.picture(neighbor.sample()),
                name(gallery, label),
                String.format(Locale.ROOT, "%.2f", neighbor.similarity()),
                label == own ? "right" : "wrong"));
      }
      out.append("</tr>\n");
    }
    return Html.section("Nearest neighbors", out.append("</table>\n").toString());
  }

  private static String name(Dataset set, int label) {
    return label < set.classNames().size() ? set.classNames().get(label) : "class " + label;
  }

  private static String cell(Picture picture, String name, String similarity, String kind) {
    return "<td class=\"%s\">%s<br>%s <small>%s</small></td>"
        .formatted(
            kind,
            Html.image(ContactSheet.png(Thumbnail.of(picture)), name),
            Html.text(name),
            similarity);
  }
}
