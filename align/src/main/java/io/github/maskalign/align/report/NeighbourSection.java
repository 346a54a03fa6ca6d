package io.github.maskalign.align.report;

import io.github.maskalign.align.data.CentreCrop;
import io.github.maskalign.align.data.Coloured;
import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.data.Transform;
import io.github.maskalign.align.eval.FeatureExtractor;
import io.github.maskalign.align.eval.Features;
import io.github.maskalign.align.eval.Neighbours;
import io.github.maskalign.align.view.Lens;
import io.github.maskalign.align.view.Sheet;
import io.github.maskalign.vit.image.CentreView;
import io.github.maskalign.vit.image.Picture;
import java.util.List;
import java.util.Locale;

/** Some pictures of a labelled set, and those that the network finds most like them. */
final class NeighbourSection {

  private static final int NEAREST = 6;
  private static final int BATCH = 50;

  private NeighbourSection() {}

  /**
   * Computes the features and draws the section.
   *
   * @param queries pictures that are shown
   * @param gallery among which their neighbours are looked for; none of the queries
   */
  static String of(Lens lens, Pictures queries, Pictures gallery) {
    Transform transform =
        new Coloured(
            new CentreCrop(
                CentreView.of(lens.config().imageSize()), true, lens.preprocessing().stats()));
    FeatureExtractor extractor =
        new FeatureExtractor(lens.scope(), lens.network(), transform, BATCH);
    Features known = extractor.extract(gallery);
    Features asked = extractor.extract(queries);
    List<List<Neighbours.Neighbour>> nearest = Neighbours.nearest(known, asked, NEAREST);
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
      for (Neighbours.Neighbour neighbour : nearest.get(i)) {
        int label = known.labels()[neighbour.sample()];
        out.append(
            cell(
                gallery.picture(neighbour.sample()),
                name(gallery, label),
                String.format(Locale.ROOT, "%.2f", neighbour.similarity()),
                label == own ? "right" : "wrong"));
      }
      out.append("</tr>\n");
    }
    return Html.section("Nearest neighbours", out.append("</table>\n").toString());
  }

  private static String name(Pictures set, int label) {
    return label < set.classNames().size() ? set.classNames().get(label) : "class " + label;
  }

  private static String cell(Picture picture, String name, String similarity, String kind) {
    return "<td class=\"%s\">%s<br>%s <small>%s</small></td>"
        .formatted(
            kind, Html.image(Sheet.png(Thumbnail.of(picture)), name), Html.text(name), similarity);
  }
}
