package io.github.maskalign.cli.report;

import io.github.maskalign.cli.visualize.ContactSheet;
import io.github.maskalign.cli.visualize.PatchInsight;
import io.github.maskalign.cli.visualize.PatchPicture;
import io.github.maskalign.cli.visualize.PrincipalColors;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Attention maps and patch features of some images. */
final class InsightSection {

  private InsightSection() {}

  static String of(PatchInsight lens, Dataset pictures) {
    int last = lens.config().depth() - 1;
    List<Picture> images = new ArrayList<>();
    List<float[][]> tokens = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      images.add(pictures.picture(i));
      tokens.add(lens.patches(images.get(i), last));
    }
    float[][] all = tokens.stream().flatMap(Arrays::stream).toArray(float[][]::new);
    PrincipalColors colors = new PrincipalColors(all);
    StringBuilder out = new StringBuilder();
    out.append(
        Html.note(
            "Each image; the attention of %s in the last block (mean of the heads, scaled to the"
                    .formatted(lens.hasClassToken() ? "the class token" : "all tokens")
                + " maximum of each map); and its patch features by PCA: patches of similar color"
                + " have similar features."));
    out.append("<div class=\"row pictures\">\n");
    for (int i = 0; i < images.size(); i++) {
      PatchPicture canvas = new PatchPicture(lens.view(images.get(i)), lens.config().grid());
      out.append("<div>").append(image(canvas.plain(), pictures.name(i)));
      out.append(image(canvas.heat(lens.meanAttention(images.get(i), last)), "attention"));
      out.append(image(canvas.colored(colors.colors(tokens.get(i))), "patches"));
      out.append("</div>\n");
    }
    return Html.section("Attention and patch features", out.append("</div>\n").toString());
  }

  private static String image(BufferedImage image, String description) {
    return Html.image(ContactSheet.png(image), description);
  }
}
