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
 * The choices of the method; standard values are the released recipe's.
 *
 * @since 0.1.0
 */
public record AlignmentSettings(
    @Setting(value = "Which patches the student sees.", standard = "attentive") MaskKind mask,
    @Setting(value = "Share of patches hidden from the student.", standard = "0.7")
        double maskRatio,
    @Setting(value = "How the student's levels are mixed.", standard = "linear") Fusion fusion,
    @Setting(value = "What turns student features into the teacher's width.", standard = "linear")
        HeadKind head,
    @Setting(value = "Mix or adapt first.", standard = "mix_then_adapt") AlignmentOrder order,
    @Setting(value = "How the teacher's features are normalized.", standard = "whiten")
        TargetNorm targetNorm,
    @Setting(value = "Distance of features.", standard = "smoothl1") LossKind loss,
    @Setting(
            value = "How much each level counts: mean, out, linear_decay, topK or midI.",
            standard = "top5")
        LevelWeights levels) {

  /** For the alignment. */
  public AlignmentConfig config() {
    return new AlignmentConfig(mask, maskRatio, fusion, head, order, targetNorm, loss, levels);
  }
}
