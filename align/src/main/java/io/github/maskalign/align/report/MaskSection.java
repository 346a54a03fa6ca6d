package io.github.maskalign.align.report;

import io.github.maskalign.align.Masking;
import io.github.maskalign.align.config.MaskStrategy;
import io.github.maskalign.align.config.Method;
import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.view.Lens;
import io.github.maskalign.align.view.MaskDraws;
import io.github.maskalign.align.view.PatchPicture;
import io.github.maskalign.align.view.Sheet;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;

/** What the student sees of some pictures. */
final class MaskSection {

  private static final int DRAWS = 4;

  private MaskSection() {}

  /**
   * Draws the section.
   *
   * @param lens the network whose attention picks the patches
   * @param whose attention that is, for people
   */
  static String of(Lens lens, String whose, Pictures pictures, RunRecord run) {
    // A masked autoencoder takes no importance, whatever the setting says.
    boolean blind = run.setting("method").map(Method::parse).filter(Method.MAE::equals).isPresent();
    MaskStrategy strategy =
        blind ? MaskStrategy.RANDOM : MaskStrategy.parse(run.setting("mask").orElse("attentive"));
    double ratio = Double.parseDouble(run.setting("mask-ratio", "maskRatio").orElse("0.7"));
    long seed = Long.parseLong(run.setting("seed").orElse("0"));
    Masking masking = new Masking(strategy, seed);
    StringBuilder out = new StringBuilder();
    out.append(
        Html.note(
            "The picture, the importance of its patches by the attention of %s, and %d draws of"
                    .formatted(whose, DRAWS)
                + " the patches that are seen (mask %s, ratio %s).".formatted(strategy, ratio)));
    out.append("<table class=\"pictures\">\n");
    for (int i = 0; i < pictures.size(); i++) {
      Picture view = lens.view(pictures.picture(i));
      MaskDraws draws = MaskDraws.of(lens, view, masking, ratio, 0, DRAWS);
      PatchPicture canvas = new PatchPicture(view, lens.config().grid());
      out.append("<tr>").append(cell(canvas.plain(), "picture"));
      out.append(cell(canvas.heat(draws.importance()), "importance"));
      for (int draw = 0; draw < DRAWS; draw++) {
        out.append(cell(canvas.only(draws.visible().get(draw)), "draw " + draw));
      }
      out.append("</tr>\n");
    }
    return Html.section("What the student sees", out.append("</table>\n").toString());
  }

  private static String cell(BufferedImage image, String description) {
    return "<td>" + Html.image(Sheet.png(image), description) + "</td>";
  }
}
