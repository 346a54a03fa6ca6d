package io.github.maskalign.cli.classify;

import io.github.maskalign.cli.Csv;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.embed.Prediction;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints the predictions of images, each as soon as it is known. */
enum PredictionPrinter {
  /** A block per image, for people. */
  TEXT {
    @Override
    void print(PrintWriter out, String image, List<Prediction> predictions) {
      out.println(Printable.line(image));
      for (Prediction each : predictions) {
        out.printf(
            Locale.ROOT,
            "  %6.2f%%  %5d  %s%n",
            100 * each.probability(),
            each.number(),
            Printable.line(each.label()));
      }
    }
  },

  /** A line per image, each an object. */
  JSON {
    @Override
    void print(PrintWriter out, String image, List<Prediction> predictions) {
      out.println(JsonWriter.printableLine(new Line(image, predictions)));
    }
  },

  /** A line per image and class. */
  CSV {
    @Override
    void start(PrintWriter out) {
      out.println(Csv.cells(List.of("image", "rank", "number", "label", "probability")));
    }

    @Override
    void print(PrintWriter out, String image, List<Prediction> predictions) {
      for (int i = 0; i < predictions.size(); i++) {
        Prediction each = predictions.get(i);
        out.println(
            Csv.cells(
                List.of(
                    image,
                    Integer.toString(i + 1),
                    Integer.toString(each.number()),
                    each.label(),
                    Float.toString(each.probability()))));
      }
    }
  };

  /** The predictions of an image in JSON. */
  record Line(String image, List<Prediction> predictions) {}

  /** Prints what precedes all images. */
  void start(PrintWriter out) {}

  /** Prints the predictions of an image, highest first. */
  abstract void print(PrintWriter out, String image, List<Prediction> predictions);
}
