package io.github.maskalign.cli.train;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.groups.HeadSettings.FirstHead;
import io.github.maskalign.cli.settings.groups.WeightSettings;
import io.github.maskalign.data.ClassMatch;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head with which fine-tuning starts: a new one, or rows of that of the weights.
 *
 * @param kept the weights whose head is kept; null for a new head
 * @param output of the network below the head
 * @param rows the number in the weights of each class; empty for a new head
 * @param line tells which
 */
record StartHead(@Nullable Path kept, OutputConfig output, int[] rows, String line) {

  /**
   * Chooses the head.
   *
   * @param pooling before a new head
   * @param images to train on
   * @throws ArgumentException if a head is to be kept that the weights lack, or that lacks a class
   *     of the images
   */
  static StartHead of(FirstHead wanted, WeightSettings start, Pooling pooling, Dataset images) {
    Path weights = ModelPath.path(start.weights());
    String classes = Quantity.of(images.classNames().size(), "class");
    if (weights == null) {
      if (wanted == FirstHead.KEEP) {
        throw new ArgumentException("--head keep: missing --weights, whose head is kept");
      }
      return fresh(pooling, "new, " + classes);
    }
    try (NetworkFile file = NetworkFile.open(weights)) {
      if (wanted == FirstHead.KEEP) {
        return of(weights, ClassifierFile.of(file), images);
      }
      return fresh(pooling, "new, " + classes + exchanged(file, "; --head keep starts from it"));
    }
  }

  private static StartHead fresh(Pooling pooling, String line) {
    return new StartHead(null, OutputConfig.of(pooling), new int[0], "Head: " + line);
  }

  /** The line on the head of a linear probe, which is always new. */
  static String probeLine(Path weights, Dataset images) {
    try (NetworkFile file = NetworkFile.open(weights)) {
      return "Head: new, " + Quantity.of(images.classNames().size(), "class") + exchanged(file, "");
    }
  }

  private static String exchanged(NetworkFile file, String hint) {
    try {
      return ClassifierFile.find(file)
          .map(
              found ->
                  ", instead of the weights' with %s%s"
                      .formatted(Quantity.of(found.classes().size(), "class"), hint))
          .orElse("");
    } catch (FormatException e) {
      return ", instead of the weights', which cannot be kept: " + e.getMessage();
    }
  }

  private static StartHead of(Path weights, ClassifierFile file, Dataset images) {
    int[] rows =
        ClassMatch.numbers(images.classNames(), "--data", file.classes(), "the weights' head");
    return new StartHead(
        weights,
        file.output(),
        rows,
        "Head: kept, %,d of %s%s%s"
            .formatted(
                rows.length,
                Quantity.of(file.classes().size(), "class"),
                renamed(file, images.classNames(), rows),
                severalPerImage(file)));
  }

  /** An example of a class that has another name in the weights. */
  private static String renamed(ClassifierFile file, List<String> names, int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      String name = file.classes().name(rows[i]);
      if (!name.equals(names.get(i))) {
        return ", such as %s for %s".formatted(name, names.get(i));
      }
    }
    return "";
  }

  private static String severalPerImage(ClassifierFile file) {
    return file.probability() == Probability.SIGMOID
        ? "; it allowed several classes per image (sigmoid), and is trained for one (softmax)"
        : "";
  }

  /** Loads the rows that are kept. */
  void load(Parameters parameters) {
    if (kept != null) {
      try (NetworkFile file = NetworkFile.open(kept)) {
        ClassifierFile.of(file).loadRows(parameters, rows);
      }
    }
  }
}
