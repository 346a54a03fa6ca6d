package io.github.maskalign.cli.report;

import io.github.maskalign.Masking;
import io.github.maskalign.cli.visualize.ContactSheet;
import io.github.maskalign.cli.visualize.MaskDraws;
import io.github.maskalign.cli.visualize.PatchInsight;
import io.github.maskalign.cli.visualize.PatchPicture;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.Method;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;

/** Masks of some images. */
final class MaskSection {

  private static final int DRAWS = 4;

  private MaskSection() {}

  /**
   * The section as HTML.
   *
   * @param lens the network whose attention weights the draws
   * @param whose name of that network
   */
  static String of(PatchInsight lens, String whose, Dataset pictures, RunRecord run) {
    // A masked autoencoder draws at random, whatever the setting is.
    boolean blind = run.setting("method").map(Method::parse).filter(Method.MAE::equals).isPresent();
    MaskKind strategy =
        blind ? MaskKind.RANDOM : MaskKind.parse(run.setting("mask").orElse("attentive"));
    double ratio = Double.parseDouble(run.setting("mask-ratio", "maskRatio").orElse("0.7"));
    long seed = Long.parseLong(run.setting("seed").orElse("0"));
    Masking masking = new Masking(strategy, seed);
    StringBuilder out = new StringBuilder();
    out.append(
        Html.note(
            "Each image, the importance of its patches by the attention of %s, and %d draws of"
                    .formatted(whose, DRAWS)
                + " the visible patches (mask %s, ratio %s).".formatted(strategy, ratio)));
    out.append("<table class=\"pictures\">\n");
    for (int i = 0; i < pictures.size(); i++) {
      Picture picture = pictures.picture(i);
      Picture view = lens.view(picture);
      MaskDraws draws = MaskDraws.of(lens, picture, masking, ratio, 0, DRAWS);
      PatchPicture canvas = new PatchPicture(view, lens.config().grid());
      out.append("<tr>").append(cell(canvas.plain(), "image"));
      out.append(cell(canvas.heat(draws.importance()), "importance"));
      for (int draw = 0; draw < DRAWS; draw++) {
        out.append(cell(canvas.only(draws.visible().get(draw)), "draw " + draw));
      }
      out.append("</tr>\n");
    }
    return Html.section("Masks", out.append("</table>\n").toString());
  }

  private static String cell(BufferedImage image, String description) {
    return "<td>" + Html.image(ContactSheet.png(image), description) + "</td>";
  }
}
