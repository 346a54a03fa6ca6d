package io.github.maskalign.align.program;

import io.github.maskalign.align.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of a classifier.
 *
 * @since 0.1.0
 */
public record LabelledData(
    @Setting("Labelled pictures to learn from.") @Nullable String data,
    @Setting(value = "Labelled pictures to score on after every epoch.", decides = false)
        @Nullable String evalData,
    @Setting(value = "Pictures in a batch when scoring.", standard = "100", decides = false)
        int evalBatch,
    @Setting(value = "Least share of a picture that a random crop covers.", standard = "0.08")
        double cropScale,
    @Setting(value = "Probability that a picture is mirrored.", standard = "0.5") double flip) {}
