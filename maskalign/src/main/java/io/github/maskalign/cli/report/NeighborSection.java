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
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** Some images of a labeled data set, with their nearest neighbors. */
final class NeighborSection {

  private static final int NEAREST = 6;
  private static final int BATCH = 50;
  private static final int THUMBNAIL_SIZE = 84;

  private NeighborSection() {}

  /**
   * Computes the features and returns the section as HTML.
   *
   * @param queries images to show
   * @param gallery images in which neighbors are searched; excludes the queries
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
            "Left: the query; right: its nearest neighbors among %,d other images by cosine"
                    .formatted(gallery.size())
                + " similarity of the class token and the mean patch token. A frame marks a"
                + " neighbor of another class."));
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
            Html.image(ContactSheet.png(thumbnail(picture)), name),
            Html.text(name),
            similarity);
  }

  /** Scales an image to a fixed size; enlarged pixels stay sharp. */
  private static BufferedImage thumbnail(Picture picture) {
    Picture rgb = picture.rgb();
    BufferedImage whole = new BufferedImage(rgb.width(), rgb.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < rgb.height(); y++) {
      for (int x = 0; x < rgb.width(); x++) {
        whole.setRGB(x, y, rgb.at(0, y, x) << 16 | rgb.at(1, y, x) << 8 | rgb.at(2, y, x));
      }
    }
    return scaled(whole);
  }

  private static BufferedImage scaled(BufferedImage whole) {
    int longer = Math.max(whole.getWidth(), whole.getHeight());
    int width = Math.max(1, whole.getWidth() * THUMBNAIL_SIZE / longer);
    int height = Math.max(1, whole.getHeight() * THUMBNAIL_SIZE / longer);
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        longer < THUMBNAIL_SIZE
            ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
            : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(whole, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
