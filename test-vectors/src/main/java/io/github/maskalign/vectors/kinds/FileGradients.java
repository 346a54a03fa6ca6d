package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.Checks;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Gradients of a file's tensors, put together from those of the parameters loaded from them. */
final class FileGradients {

  private final Map<String, double[]> values = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  /**
   * Adds the gradients of parameters.
   *
   * @param below prefix of the parameters
   * @param names maps them to the tensors of the file
   * @param source the tensors
   * @param prefix of their names in the file
   */
  void add(
      Parameters parameters,
      Gradients gradients,
      String below,
      NameMap names,
      WeightSource source,
      String prefix) {
    for (Parameter parameter : parameters.trainable()) {
      Tensor gradient = gradients.of(parameter.value());
      if (parameter.name().startsWith(below) && gradient != null) {
        int from = 0;
        String local = parameter.name().substring(below.length());
        for (TensorPart piece : names.sources(local, source.names())) {
          from += add(gradient.toDoubles(), from, piece, source, prefix);
        }
      }
    }
  }

  /** Adds one part of a parameter's gradient; returns its number of values. */
  private int add(
      double[] gradient, int from, TensorPart piece, WeightSource source, String prefix) {
    Shape shape = source.shape(piece.name());
    int size = (int) shape.size();
    if (piece instanceof TensorPart.Zeros zeros) {
      return shape.dim(0) / zeros.of();
    }
    shapes.put(prefix + piece.name(), shape);
    double[] whole = values.computeIfAbsent(prefix + piece.name(), _ -> new double[size]);
    return switch (piece) {
      case TensorPart.Transposed _ -> {
        int columns = shape.dim(1);
        for (int i = 0; i < size; i++) {
          whole[i] = gradient[from + i % columns * shape.dim(0) + i / columns];
        }
        yield size;
      }
      case TensorPart.ColorPatches patches -> {
        Shape own = Objects.requireNonNull(patches.of(shape));
        int area = own.dim(2) * own.dim(3);
        for (int i = 0; i < size; i++) {
          int inRow = i % shape.dim(1);
          int at = inRow % own.dim(1) * area + inRow / own.dim(1);
          whole[i] = gradient[from + i - inRow + at];
        }
        yield size;
      }
      case TensorPart.Rows rows -> {
        int count = size / rows.of() * (rows.to() - rows.from());
        System.arraycopy(gradient, from, whole, size / rows.of() * rows.from(), count);
        yield count;
      }
      default -> {
        System.arraycopy(gradient, from, whole, 0, size);
        yield size;
      }
    };
  }

  /** Checks {@code grad.NAME} of every tensor of the file. */
  void check(Checks checks) {
    values.forEach((name, value) -> checks.values("grad." + name, value, shapes.get(name).dims()));
  }
}
