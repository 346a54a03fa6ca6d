package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.MergeOption;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.vit.weights.processor.ImageBackend;
import org.jspecify.annotations.Nullable;

/**
 * The network whose features are used as they are.
 *
 * @since 0.1.0
 */
public record FrozenSettings(
    @Setting(
            value = "Weights of a supported network: " + ModelPath.KINDS + ".",
            defaultText = Setting.REQUIRED)
        @Nullable ModelPath weights,
    @Setting(
            value = "Input size in pixels.",
            defaultText = "from the weights",
            range = "[1, 16384]")
        @Nullable Integer imageSize,
    @Setting(value = ImageOptions.IMAGE_BACKEND, defaultText = ImageOptions.DEFAULT)
        @Nullable ImageBackend imageBackend,
    @Setting(value = MergeOption.MERGE, defaultValue = "0", range = "[0, *)") int merge,
    @Group(heading = "Data and network:") EvaluationSettings evaluation) {}
