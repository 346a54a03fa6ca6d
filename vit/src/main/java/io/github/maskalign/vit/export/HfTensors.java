package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Parameters under the names of another library: the rules by which its files are read, applied
 * backwards.
 */
final class HfTensors {

  /** Tables and tokens that have no leading axes of size 1, unlike timm's. */
  private static final List<String> WITHOUT_BATCH =
      List.of("class_embedding", "position_embedding.weight");

  private final NameMap names;
  private final Set<String> existing;
  private final String prefix;
  private final Map<String, Rows> tensors = new LinkedHashMap<>();

  /** Values of a tensor, by rows. */
  private record Rows(Shape shape, float[] values) {}

  /**
   * Tensors of one network.
   *
   * @param exists whether the library's network has a tensor
   * @param prefix of all names
   */
  HfTensors(NameMap names, Predicate<String> exists, String prefix) {
    this.names = names;
    this.existing = new Existing(exists);
    this.prefix = prefix;
  }

  /** Adds the tensors of a parameter. */
  void add(Parameter parameter) {
    List<TensorPart> parts = names.sources(parameter.name(), existing);
    Shape shape = parameter.value().shape();
    float[] values = parameter.value().toFloats();
    int units = parts.stream().mapToInt(HfTensors::units).sum();
    int unit = values.length / units;
    int from = 0;
    for (TensorPart part : parts) {
      int length = units(part) * unit;
      float[] own = Arrays.copyOfRange(values, from, from + length);
      switch (part) {
        case TensorPart.Whole(String name) -> put(name, rows(shape, units, 1), own);
        case TensorPart.Rows(String name, int first, int _, int of) ->
            putRows(name, rows(shape, units, of), own, first * unit);
        case TensorPart.Transposed(String name) -> putTransposed(name, shape, own);
        case TensorPart.ColorPatches(String name) -> putPatches(name, shape, own);
        case TensorPart.Zeros _ -> {}
      }
      from += length;
    }
  }

  /** [D, C, P, P] -> [D, P P C]. */
  private void putPatches(String name, Shape shape, float[] values) {
    int colors = shape.dim(1);
    int pixels = shape.dim(2) * shape.dim(3);
    float[] moved = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int pixel = i % pixels;
      int color = i / pixels % colors;
      int row = i / (pixels * colors);
      moved[(row * pixels + pixel) * colors + color] = values[i];
    }
    put(name, Shape.of(shape.dim(0), pixels * colors), moved);
  }

  /** Adds a tensor without a parameter. */
  void put(String name, Shape shape, float[] values) {
    tensors.put(prefix + name, new Rows(withoutBatch(name, shape), values));
  }

  /** Adds all to a file. */
  void write(SafeTensorsWriter writer) {
    tensors.forEach((name, rows) -> writer.add(name, rows.shape(), rows.values()));
  }

  private static int units(TensorPart part) {
    return part instanceof TensorPart.Rows rows ? rows.to() - rows.from() : 1;
  }

  /** The shape with {@code to} parts of the first axis for {@code from}. */
  private static Shape rows(Shape shape, int from, int to) {
    return from == to ? shape : shape.with(0, shape.dim(0) / from * to);
  }

  private void putRows(String name, Shape whole, float[] values, int at) {
    Rows rows =
        tensors.computeIfAbsent(prefix + name, _ -> new Rows(whole, new float[(int) whole.size()]));
    System.arraycopy(values, 0, rows.values(), at, values.length);
  }

  private void putTransposed(String name, Shape shape, float[] values) {
    int rows = shape.dim(0);
    int columns = shape.dim(1);
    float[] turned = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = values[i * columns + j];
      }
    }
    put(name, Shape.of(columns, rows), turned);
  }

  private static Shape withoutBatch(String name, Shape shape) {
    if (WITHOUT_BATCH.stream().noneMatch(name::endsWith)) {
      return shape;
    }
    int[] dims = shape.dims();
    int from = 0;
    while (from < dims.length - 1 && dims[from] == 1) {
      from++;
    }
    return Shape.of(Arrays.copyOfRange(dims, from, dims.length));
  }

  /** Names that exist, of which there is no list. */
  private static final class Existing extends AbstractSet<String> {

    private final Predicate<String> exists;

    Existing(Predicate<String> exists) {
      this.exists = exists;
    }

    @Override
    public boolean contains(Object name) {
      return name instanceof String text && exists.test(text);
    }

    @Override
    public Iterator<String> iterator() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int size() {
      throw new UnsupportedOperationException();
    }
  }
}
