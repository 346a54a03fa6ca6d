package examples;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.SoftmaxRegression;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.image.Picture;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A data set of your own: every Fashion-MNIST picture in four rotations, labeled by the rotation
 * (Gidaris et al., "Unsupervised representation learning by predicting image rotations", arXiv
 * 1803.07728). Trains a linear classifier to recognize the rotation from a network's features.
 */
public final class CustomDataset {

  private static final int BATCH = 100;

  private CustomDataset() {}

  /** The data set: sample i is picture {@code i / 4} turned by {@code i % 4} right angles. */
  record Rotations(Dataset pictures) implements Dataset {

    @Override
    public int size() {
      return 4 * pictures.size();
    }

    @Override
    public Picture picture(int sample) {
      Picture picture = pictures.picture(sample / 4);
      return switch (sample % 4) {
        case 0 -> picture;
        case 1 -> picture.transposed().mirrored();
        case 2 -> picture.mirrored().flipped();
        default -> picture.transposed().flipped();
      };
    }

    @Override
    public boolean hasLabels() {
      return true;
    }

    @Override
    public int label(int sample) {
      return sample % 4;
    }

    @Override
    public List<String> classNames() {
      return List.of("0 degrees", "90 degrees", "180 degrees", "270 degrees");
    }

    @Override
    public String sha256() {
      byte[] name = ("rotations of " + pictures.sha256()).getBytes(StandardCharsets.UTF_8);
      return new Sha256().add(name).hex();
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    Dataset pictures = FashionMnist.testSplit();
    Rotations train = new Rotations(pictures.subset(0, 500));
    Rotations test = new Rotations(pictures.subset(8000, 8100));
    System.out.printf(
        "%s to train on, classes %s%n", Quantity.of(train.size(), "sample"), train.classNames());
    System.out.printf(
        "Recognized %.1f %% of the rotations; chance is 25 %%%n", 100 * accuracy(train, test));
  }

  /** Trains a linear classifier on the tiny teacher's features; returns its accuracy, 0 to 1. */
  static double accuracy(Dataset train, Dataset test) {
    try (Backends.Choice choice = Backends.open();
        Scope scope = Scope.root(choice.backend(), "model")) {
      ViT network = EmbeddedTeacher.load(scope).network();
      WholeImage transform = new WholeImage(28, 28, FashionMnist.STATS);
      FeatureExtractor features = new FeatureExtractor(scope, network, transform, BATCH);
      return SoftmaxRegression.standard(1)
          .accuracy(choice.backend(), features.extract(train), features.extract(test));
    }
  }
}
