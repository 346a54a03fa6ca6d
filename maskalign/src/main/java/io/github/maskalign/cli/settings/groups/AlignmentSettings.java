package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentOrder;
import io.github.maskalign.config.Fusion;
import io.github.maskalign.config.HeadKind;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.LossKind;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.config.TargetNorm;

/**
 * Options of the alignment; the defaults are those of the released recipe.
 *
 * @since 0.1.0
 */
public record AlignmentSettings(
    @Setting(value = "Selection of the patches that the student sees", defaultValue = "attentive")
        MaskKind mask,
    @Setting(
            value = "Fraction of patches hidden from the student.",
            defaultValue = "0.7",
            range = "[0, 1)")
        double maskRatio,
    @Setting(
            value = "Combination of the student's levels into each aligned level",
            defaultValue = "linear")
        Fusion fusion,
    @Setting(value = "Adapter from the student's width to the teacher's", defaultValue = "linear")
        HeadKind head,
    @Setting(
            value = "Order of combining levels and adapting their width",
            defaultValue = "mix_then_adapt")
        AlignmentOrder order,
    @Setting(value = "Normalization of the teacher's features", defaultValue = "whiten")
        TargetNorm targetNorm,
    @Setting(value = "Loss between student and teacher features", defaultValue = "smoothl1")
        LossKind loss,
    @Setting(
            value =
                "Weights of the teacher's levels in the loss: mean, out, linear_decay, topK or"
                    + " midI.",
            defaultValue = "top5")
        LevelWeights levels) {

  /** The alignment's configuration. */
  public AlignmentConfig config() {
    return new AlignmentConfig(mask, maskRatio, fusion, head, order, targetNorm, loss, levels);
  }
}
