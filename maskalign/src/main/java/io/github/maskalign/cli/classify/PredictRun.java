package io.github.maskalign.cli.classify;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.vit.embed.Classifier;
import io.github.maskalign.vit.embed.Prediction;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Classifies images on several threads, which fill the batches of the classifier, and prints them
 * in their order.
 */
final class PredictRun {

  /** As many decoded images wait for the classifier at most. */
  private static final int CALLERS = 4;

  /** An image, and how it is classified. */
  record Image(String name, Function<Classifier, List<Prediction>> classify) {}

  /** Shows how many images are done. */
  interface Progress {
    void update(long done, long total);
  }

  private record Pending(String name, Future<List<Prediction>> predictions) {}

  private final Classifier classifier;
  private final PrintWriter out;
  private final PredictionPrinter printer;

  PredictRun(Classifier classifier, PrintWriter out, PredictionPrinter printer) {
    this.classifier = classifier;
    this.out = out;
    this.printer = printer;
  }

  /**
   * Prints the predictions of all images.
   *
   * @param skipped gets the message about each image that cannot be classified
   * @param beforeLine called before something is printed
   * @return whether every image was classified
   */
  boolean of(List<Image> images, Consumer<String> skipped, Progress progress, Runnable beforeLine) {
    printer.start(out);
    out.flush();
    int done = 0;
    boolean complete = true;
    Iterator<Image> rest = images.iterator();
    Deque<Pending> pending = new ArrayDeque<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(Math.min(CALLERS, images.size()))) {
      try {
        while (rest.hasNext() || !pending.isEmpty()) {
          while (rest.hasNext() && pending.size() < 2 * CALLERS) {
            Image next = rest.next();
            pending.add(new Pending(next.name, callers.submit(() -> classify(next))));
          }
          complete &= print(pending.remove(), skipped, beforeLine);
          progress.update(++done, images.size());
        }
      } finally {
        callers.shutdownNow();
      }
    }
    return complete;
  }

  private List<Prediction> classify(Image image) {
    try {
      return image.classify.apply(classifier);
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(image.name, e);
    }
  }

  private boolean print(Pending image, Consumer<String> skipped, Runnable beforeLine) {
    try {
      List<Prediction> predictions = image.predictions.get();
      beforeLine.run();
      printer.print(out, image.name, predictions);
      out.flush();
      return true;
    } catch (InterruptedException e) {
      throw new ThreadInterruptedException("predict: interrupted", e);
    } catch (ExecutionException e) {
      Optional<String> message = ImageFailure.message(image.name, e.getCause());
      if (message.isPresent()) {
        skipped.accept(message.get());
        return false;
      }
      switch (e.getCause()) {
        case Error error -> throw error;
        case RuntimeException failure -> throw failure;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }
}
