package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of pre-training.
 *
 * @since 0.1.0
 */
public record PretrainData(
    @Setting("Pictures to learn from; their labels are not used.") @Nullable String data,
    @Setting(value = "Least share of a picture that a random crop covers.", standard = "0.2")
        double cropScale,
    @Setting(value = "Probability that a picture is mirrored.", standard = "0.5") double flip,
    @Setting(value = "Labeled pictures that k-NN is judged on between epochs.", decides = false)
        @Nullable String evalData,
    @Setting(
            value =
                "Labeled pictures among which k-NN looks; --data if it has labels and is another"
                    + " set, else every second one of --eval-data.",
            decides = false)
        @Nullable String evalGallery,
    @Setting(value = "Epochs between two looks at k-NN.", standard = "10", decides = false)
        int evalEvery,
    @Setting(
            value = "At most so many pictures of either set are used for k-NN.",
            standard = "10000",
            decides = false)
        int evalPictures) {}
