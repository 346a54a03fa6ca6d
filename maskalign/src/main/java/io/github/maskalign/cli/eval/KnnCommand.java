package io.github.maskalign.cli.eval;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.Group;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.groups.FrozenSettings;
import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.Normalization;
import io.github.maskalign.cli.settings.groups.SplitSettings;
import io.github.maskalign.cli.train.DataSetOption;
import io.github.maskalign.cli.train.LabeledSets;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.Features;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.eval.SoftmaxRegression;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * {@code maskalign knn}: evaluates features by k-NN classification.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "knn",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Evaluates a network's features by k-NN classification of labeled images; without weights,"
            + " classifies by pixels.")
public final class KnnCommand extends SettingsCommand<KnnCommand.KnnSettings> {

  /** All settings of {@code knn}. */
  public record KnnSettings(
      @Group(heading = "Data and network:") Sets sets,
      @Group(heading = "Neighbors:") Neighbors neighbors,
      @Group(heading = "Linear classifier:") LinearClassifier classifier,
      @Group(heading = "Result:") Result result,
      @Group(heading = "Machine:") MachineSettings machine) {}

  /** Data, network and preprocessing. */
  public record Sets(
      @Setting(
              value = "Labeled images in which neighbors are searched.",
              defaultText = Setting.REQUIRED)
          @Nullable String data,
      @Setting(
              value = "Labeled images to classify.",
              defaultText = Setting.REQUIRED + ", or --split")
          @Nullable String evalData,
      @Group(heading = "Data and network:") SplitSettings held,
      @Setting(
              value = "Maximum number of images of each data set, spread evenly.",
              defaultText = "all",
              formerly = "at-most",
              range = "[1, *)")
          @Nullable Integer maxImages,
      @Group(
              heading = "Data and network:",
              defaultTexts = {
                "weights=none, compares pixels",
                "image-size=from the weights, 224 with --model, else 32"
              })
          FrozenSettings network,
      @Setting(
              value =
                  "Size of a network with random weights, the baseline of trained ones: tiny, small,"
                      + " base, large, huge, or WIDTHxDEPTHxHEADS; only without weights.",
              defaultText = "pixels are compared")
          @Nullable String model,
      @Setting(value = "Patch size of --model in pixels.", defaultText = "16", range = "[1, 16384]")
          @Nullable Integer patchSize,
      @Setting(
              value = "Compare grayscale pixels; only without weights.",
              defaultValue = "false",
              formerly = "grey")
          boolean gray) {

    /** Rejects options that would have no effect. */
    public Sets {
      held.requireOnly(evalData);
      if (model != null && network.weights() != null) {
        throw new ArgumentException("--model: only without --weights, which have their own size");
      }
      if (patchSize != null && model == null) {
        throw new ArgumentException("--patch-size: only with --model");
      }
      if (network.imageBackend() != null && network.weights() == null) {
        throw new ArgumentException("--image-backend: only with --weights");
      }
      if (gray && network.weights() != null) {
        throw new ArgumentException(
            "--gray: only without --weights; images are converted to the channels of the network");
      }
      if (network.merge() > 0 && network.weights() == null && model == null) {
        throw new ArgumentException(
            "--merge: only with --weights or --model; without a network, pixels are compared");
      }
    }

    private String features() {
      return network.weights() != null
          ? network.weights().toString()
          : model != null ? "random weights of " + model : "pixels";
    }

    /** A network with random weights; null without {@code --model}. */
    ModelSettings.@Nullable Shape untrained() {
      return model == null
          ? null
          : new ModelSettings(
                  model,
                  network.imageSize(),
                  patchSize,
                  gray,
                  Normalization.IMAGENET,
                  network.evaluation().evalCrop())
              .shape();
    }
  }

  /** The vote. */
  public record Neighbors(
      @Setting(value = "Number of neighbors that vote.", defaultValue = "20", range = "[1, *)")
          int k,
      @Setting(
              value = "Temperature of the vote; lower values give near neighbors more weight.",
              defaultValue = "0.07",
              range = "(0, *)")
          double temperature) {}

  /** The classifier of {@link SoftmaxRegression}. */
  public record LinearClassifier(
      @Setting(
              value =
                  "Also train a linear classifier on the features of --data and evaluate it on those"
                      + " of --eval-data; probe trains one on augmented images, which takes longer.",
              defaultValue = "false")
          boolean linear,
      @Setting(
              value = "Seed of the linear classifier and of the weights of --model.",
              defaultValue = "0")
          long seed) {}

  /** Where the result is stored. */
  public record Result(
      @Setting(value = "File to write the result to, in JSON.", defaultText = "printed only")
          @Nullable Path out) {}

  private static final int DEFAULT_SIZE = 32;

  /** For the service loader. */
  public KnnCommand() {
    super(KnnSettings.class, "knn");
  }

  @Override
  public int run(KnnSettings settings) {
    try (Session session = Session.open(settings.machine)) {
      Sets sets = settings.sets;
      LabeledSets images = LabeledSets.required(sets.data, sets.evalData, sets.held);
      Dataset gallery = atMost(images.known(), sets.maxImages);
      Dataset queries = atMost(images.queries(), sets.maxImages);
      Source source = source(session, settings);
      Features known = source.of(gallery);
      Features asked = source.of(queries);
      KnnClassifier vote = new KnnClassifier(settings.neighbors.k, settings.neighbors.temperature);
      double knn = vote.accuracy(session.backend(), known, asked);
      System.out.printf(
          "k-NN: top-1 %.2f %% on %s, k = %d, gallery of %s%n",
          100 * knn,
          Quantity.of(asked.count(), "image"),
          vote.k(),
          Quantity.of(known.count(), "image"));
      Double linear = null;
      if (settings.classifier.linear) {
        linear =
            SoftmaxRegression.standard(settings.classifier.seed)
                .accuracy(session.backend(), known, asked);
        System.out.printf("linear classifier: top-1 %.2f %%%n", 100 * linear);
      }
      if (settings.result.out != null) {
        String features = sets.features();
        new Score(features, known.count(), asked.count(), vote.k(), knn, linear)
            .write(settings.result.out);
      }
    }
    return 0;
  }

  /** Features of images. */
  private interface Source {
    Features of(Dataset images);
  }

  private static Source source(Session session, KnnSettings settings) {
    Sets sets = settings.sets;
    FrozenSettings network = sets.network;
    Path weights = ModelPath.path(network.weights());
    if (weights != null) {
      return FrozenNetwork.extractor(session.scope(), weights, network)::extract;
    }
    ModelSettings.Shape untrained = sets.untrained();
    if (untrained != null) {
      Parameters parameters =
          Parameters.initialized(session.scope(), DType.F32, settings.classifier.seed);
      ViT random = ViT.create(parameters.root(), untrained.config());
      Transform view = network.evaluation().view(untrained.size(), untrained.stats());
      int batch = network.evaluation().batch();
      return new FeatureExtractor(session.scope(), random, view, batch).withMerge(network.merge())
          ::extract;
    }
    int side = network.imageSize() == null ? DEFAULT_SIZE : network.imageSize();
    Transform view =
        network
            .evaluation()
            .view(ImageSize.square(side), Normalization.IMAGENET.stats(sets.gray ? 1 : 3));
    return images -> Features.pixels(images, view);
  }

  /**
   * What is stored.
   *
   * @param features whose they are
   * @param gallery number of images of {@code --data}
   * @param images number of images of {@code --eval-data}
   * @param k neighbors that voted
   * @param knn top-1 accuracy of the vote, from 0 to 1
   * @param linear top-1 accuracy of the linear classifier, from 0 to 1
   */
  private record Score(
      String features, int gallery, int images, int k, double knn, @Nullable Double linear) {

    void write(Path file) {
      try {
        AtomicFile.write(file, JsonWriter.bytes(this));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write " + file, e);
      }
    }
  }

  private static Dataset atMost(Dataset all, @Nullable Integer count) {
    return count == null ? all : DataSetOption.atMost(all, count);
  }
}
