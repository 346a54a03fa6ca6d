package examples;

import examples.ModelOptions.Model;
import io.github.maskalign.cli.visualize.PatchInsight;
import io.github.maskalign.cli.visualize.PatchPicture;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.labels.ClassNames;
import io.github.maskalign.vit.search.VectorIndex;
import io.github.maskalign.vit.search.VectorIndex.Match;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import java.awt.image.BufferedImage;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds images of an index like another image, or by words, and tells what the network sees in an
 * image. Methods may be called by many threads.
 */
final class PictureSearch implements AutoCloseable {

  /** A class of an image and its share, from 0 to 1. */
  record ClassShare(String label, double share) {}

  private static final int MATCHES = 12;
  private static final int CLASSES = 5;

  /** Cosine from which on two images are the same. */
  private static final double SAME = 1 - 1e-5;

  private static final double TEMPERATURE = KnnClassifier.standard().temperature();

  private final Model model;
  private final VectorIndex index;
  private final Dataset pictures;
  private final Map<String, Integer> samples = new HashMap<>();
  private final Backends.Choice choice;
  private final Scope scope;
  private final PatchInsight insight;
  private final @Nullable Classifier classifier;

  private PictureSearch(
      Model model,
      VectorIndex index,
      Dataset pictures,
      Backends.Choice choice,
      Scope scope,
      PatchInsight insight,
      @Nullable Classifier classifier) {
    this.model = model;
    this.index = index;
    this.pictures = pictures;
    this.choice = choice;
    this.scope = scope;
    this.insight = insight;
    this.classifier = classifier;
    for (int i = 0; i < pictures.size(); i++) {
      samples.put(pictures.name(i), i);
    }
  }

  /**
   * Opens a search; the model and the index must stay open until it is closed.
   *
   * @param options of the model, which attention and head are computed with, too
   * @param pictures those of the index
   */
  static PictureSearch open(
      Model model, ModelOptions options, VectorIndex index, Dataset pictures) {
    Backends.Choice choice = options.compute().open();
    Scope scope = Scope.root(choice.backend(), "attention");
    try {
      PatchInsight insight = PatchInsight.open(scope, model.files(), options.processing());
      return new PictureSearch(
          model, index, pictures, choice, scope, insight, classifier(model, options));
    } catch (RuntimeException | Error e) {
      scope.close();
      choice.close();
      throw e;
    }
  }

  /** Classes that have only numbers tell nothing; those of the nearest images do. */
  private static @Nullable Classifier classifier(Model model, ModelOptions options) {
    try (NetworkFile file = NetworkFile.open(model.files())) {
      Optional<ClassNames> classes = ClassifierFile.find(file).map(ClassifierFile::classes);
      if (classes.isEmpty() || classes.get().equals(ClassNames.numbers(classes.get().size()))) {
        return null;
      }
    }
    return Classifier.load(model.files(), options.classifier());
  }

  /** Number of images in the index. */
  int size() {
    return index.size();
  }

  /** Whether the network has a text tower. */
  boolean hasWords() {
    return model.clip() != null;
  }

  /** The most similar images. */
  List<Match> nearest(Picture query) {
    return named(index.search(model.embedder().embed(query), MATCHES));
  }

  /**
   * The images that words describe best.
   *
   * @throws Refusal if the network has no text tower
   */
  List<Match> nearest(String words) {
    if (model.clip() == null) {
      throw new Refusal(404, "This network has no text tower, so it cannot search for words.");
    }
    return named(index.search(model.clip().embed(words), MATCHES));
  }

  /** An absolute name is shortened to the image's folder and file. */
  private static List<Match> named(List<Match> found) {
    return found.stream()
        .map(match -> new Match(match.row(), shown(match.name()), match.score()))
        .toList();
  }

  private static String shown(String name) {
    if (!name.matches("(?s)[/\\\\].*|[A-Za-z]:.*")) {
      return name;
    }
    int file = Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\'));
    int folder = Math.max(name.lastIndexOf('/', file - 1), name.lastIndexOf('\\', file - 1));
    return name.substring(folder + 1);
  }

  /** Whether the network itself predicts the classes of an image, by their names. */
  boolean hasHead() {
    return classifier != null;
  }

  /**
   * The most probable classes of an image, highest first: those of the network's head, else those
   * of the nearest images; empty if these have none.
   */
  List<ClassShare> classes(Picture query, List<Match> nearest) {
    if (classifier != null) {
      return classifier.classify(query, CLASSES).stream()
          .map(found -> new ClassShare(found.label(), found.probability()))
          .toList();
    }
    if (!pictures.hasLabels()) {
      return List.of();
    }
    Map<String, Double> votes = new LinkedHashMap<>();
    double total = 0;
    for (Match match : nearest) {
      Integer sample = samples.get(index.name(match.row()));
      // An image of the index would vote for itself.
      if (sample != null && match.score() < SAME) {
        double vote = Math.exp((match.score() - 1) / TEMPERATURE);
        total += vote;
        votes.merge(pictures.classNames().get(pictures.label(sample)), vote, Double::sum);
      }
    }
    double all = total;
    return votes.entrySet().stream()
        .map(entry -> new ClassShare(entry.getKey(), entry.getValue() / all))
        .sorted(Comparator.comparingDouble(ClassShare::share).reversed())
        .toList();
  }

  /** Where the network looks: the attention of its last block over the image. */
  synchronized BufferedImage attention(Picture query) {
    int last = insight.config().depth() - 1;
    PatchPicture canvas = new PatchPicture(insight.view(query), insight.config().grid());
    return canvas.heat(insight.meanAttention(query, last));
  }

  /**
   * The image of a row of the index.
   *
   * @throws Refusal if there is no such row, or its file cannot be shown
   */
  Picture picture(String row) {
    if (!row.matches("[0-9]{1,9}") || Integer.parseInt(row) >= index.size()) {
      throw new Refusal(404, "There is no such image.");
    }
    Integer sample = samples.get(index.name(Integer.parseInt(row)));
    if (sample == null) {
      throw new Refusal(
          404, "This image is in the index but not in the folder; create the index again.");
    }
    try {
      return pictures.picture(sample);
    } catch (DamagedPictureException e) {
      throw new Refusal(404, "This image " + e.reason() + ".");
    } catch (OutOfMemoryException e) {
      throw new Refusal(404, "This image is too large for the memory of this server.");
    }
  }

  @Override
  public void close() {
    if (classifier != null) {
      classifier.close();
    }
    scope.close();
    choice.close();
  }
}
