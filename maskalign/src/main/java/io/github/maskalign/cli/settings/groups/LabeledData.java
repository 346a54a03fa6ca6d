package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a classifier.
 *
 * @since 0.1.0
 */
public record LabeledData(
    @Setting("Labeled pictures to learn from.") @Nullable String data,
    @Setting(value = "Labeled pictures to score on after every epoch.", decides = false)
        @Nullable String evalData,
    @Setting(value = "Pictures in a batch when scoring.", standard = "100", decides = false)
        int evalBatch,
    @Setting(value = "Least share of a picture that a random crop covers.", standard = "0.08")
        double cropScale,
    @Setting(value = "Probability that a picture is mirrored.", standard = "0.5") double flip) {}
