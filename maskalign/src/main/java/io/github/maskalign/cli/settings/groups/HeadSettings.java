package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;

/**
 * The head with which fine-tuning starts.
 *
 * @since 0.1.0
 */
public record HeadSettings(
    @Setting(
            value =
                "Head to start with: new, or keep that of the weights and its pooling instead of"
                    + " --pool; each class of the images gets the row of the same class, by name,"
                    + " ImageNet's synset or number",
            defaultValue = "new")
        FirstHead head) {

  /** A head to start with. */
  public enum FirstHead {
    /** Initialized near zero. */
    NEW,
    /** The rows of the weights' head for the classes of the images. */
    KEEP
  }
}
