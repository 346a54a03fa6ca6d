package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.vit.weights.pth.PyValue.Instance;
import io.github.maskalign.vit.weights.pth.PyValue.Items;
import io.github.maskalign.vit.weights.pth.PyValue.Name;
import io.github.maskalign.vit.weights.pth.PyValue.None;
import io.github.maskalign.vit.weights.pth.PyValue.Table;
import io.github.maskalign.vit.weights.pth.PyValue.Text;
import io.github.maskalign.vit.weights.pth.PyValue.Whole;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes and functions that a .pth file may name, and the data that each stands for. */
final class Globals {

  /** More than weights have; the lists of sizes are what a short file could fill memory with. */
  private static final int MAX_AXES = 8;

  private static final String STORAGE_TAG = "storage";
  private static final String TORCH = "torch.";
  private static final String TORCH_STORAGE = "torch.storage.";

  private static final String ORDERED_DICT = "collections.OrderedDict";
  private static final String TENSOR = "torch._utils._rebuild_tensor";
  private static final String TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
  private static final String TENSOR_V3 = "torch._utils._rebuild_tensor_v3";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final String PARAMETER_STATE = "torch._utils._rebuild_parameter_with_state";

  /** Text, one character a byte, is how protocol 2 writes bytes; it stays text. */
  private static final String ENCODE = "_codecs.encode";

  private static final Set<String> COLLECTIONS =
      Set.of("builtins.set", "__builtin__.set", "torch.Size");

  /** Objects that carry attributes or parts and do nothing. */
  private static final Set<String> DATA =
      Set.of(
          "argparse.Namespace",
          "types.SimpleNamespace",
          "torch.device",
          "numpy.dtype",
          "numpy.core.multiarray.scalar",
          "numpy._core.multiarray.scalar",
          "pathlib.PosixPath",
          "pathlib.WindowsPath",
          "pathlib.PurePosixPath",
          "pathlib.PureWindowsPath");

  private static final Set<String> OTHERS =
      Set.of(ORDERED_DICT, TENSOR, TENSOR_V2, TENSOR_V3, PARAMETER, PARAMETER_STATE, ENCODE);

  private Globals() {}

  /**
   * A name that may be used.
   *
   * @throws FormatException if it is not among those known
   */
  static Name lookUp(PickleInput input, String module, String name) {
    String full = module + "." + name;
    boolean known =
        OTHERS.contains(full)
            || DATA.contains(full)
            || COLLECTIONS.contains(full)
            || storageType(full) != null
            || dtype(full) != null;
    if (!known) {
      throw input.fault(
          "names '%s', which is refused: only tensors and plain data are read, and nothing is run;"
                  .formatted(shown(full))
              + " save the state dict alone, or as safetensors");
    }
    return new Name(full);
  }

  private static String shown(String text) {
    String clipped = text.length() > 100 ? text.substring(0, 100) + "..." : text;
    return clipped.replaceAll("\\p{Cntrl}", "?");
  }

  private static @Nullable ElementType storageType(String full) {
    String prefix = full.startsWith(TORCH_STORAGE) ? TORCH_STORAGE : TORCH;
    return full.startsWith(prefix)
        ? ElementType.ofStorage(full.substring(prefix.length())).orElse(null)
        : null;
  }

  private static @Nullable SafeDType dtype(String full) {
    return full.startsWith(TORCH)
        ? ElementType.ofDType(full.substring(TORCH.length())).map(ElementType::dtype).orElse(null)
        : null;
  }

  /**
   * The data that a class or function would make of its arguments.
   *
   * @throws FormatException if the arguments are not what it takes
   */
  static PyValue make(PickleInput input, Name name, Items given) {
    String full = name.value();
    if (DATA.contains(full)) {
      return new Instance(full, given);
    }
    List<PyValue> arguments = given.values();
    if (COLLECTIONS.contains(full)) {
      return arguments.isEmpty() ? new Items(List.of()) : items(input, arguments.getFirst());
    }
    return switch (full) {
      case ORDERED_DICT -> orderedDict(input, arguments);
      case TENSOR, TENSOR_V2 -> tensor(input, arguments, null);
      case TENSOR_V3 -> tensor(input, arguments, elementType(input, at(input, arguments, 6)));
      case PARAMETER, PARAMETER_STATE -> parameter(input, arguments);
      case ENCODE -> at(input, arguments, 0);
      default -> throw input.fault("makes an object of '" + full + "'");
    };
  }

  private static Table orderedDict(PickleInput input, List<PyValue> arguments) {
    if (!arguments.isEmpty()) {
      throw input.fault("makes an OrderedDict of arguments");
    }
    return new Table();
  }

  private static PthTensor parameter(PickleInput input, List<PyValue> arguments) {
    if (at(input, arguments, 0) instanceof PthTensor tensor) {
      return tensor;
    }
    throw input.fault("makes a parameter of something that is no tensor");
  }

  // ---- tensors ----

  /** Of a persistent id: {@code ('storage', class, key, location, elements, view)}. */
  static PthStorage storage(PickleInput input, PyValue id) {
    List<PyValue> parts = items(input, id).values();
    if (parts.size() < 5
        || !(parts.get(0) instanceof Text tag)
        || !tag.value().equals(STORAGE_TAG)
        || !(parts.get(1) instanceof Name name)
        || !(parts.get(2) instanceof Text key)) {
      throw input.fault("has a storage that is not described as torch does");
    }
    if (parts.size() > 5 && parts.get(5) != None.NONE) {
      throw input.fault("has a storage that is a view of another; save the file anew");
    }
    ElementType type = storageType(name.value());
    if (type == null) {
      throw input.fault("has a storage of class '" + name.value() + "'");
    }
    long elements = count(input, parts.get(4));
    if (elements > Long.MAX_VALUE / type.bytes()) {
      throw input.fault("has a storage of " + elements + " elements");
    }
    return new PthStorage(key.value(), type, elements);
  }

  private static SafeDType elementType(PickleInput input, PyValue value) {
    SafeDType dtype = value instanceof Name name ? dtype(name.value()) : null;
    if (dtype == null) {
      throw input.fault("has a tensor of an unknown element type");
    }
    return dtype;
  }

  private static PthTensor tensor(
      PickleInput input, List<PyValue> arguments, @Nullable SafeDType given) {
    if (!(at(input, arguments, 0) instanceof PthStorage storage)) {
      throw input.fault("makes a tensor of something that is no storage");
    }
    SafeDType dtype = given == null ? storage.type().dtype() : given;
    if (dtype == null) {
      throw input.fault("has a tensor that does not say its element type");
    }
    long offset = count(input, at(input, arguments, 1));
    List<Long> dims = counts(input, at(input, arguments, 2));
    List<Long> strides = counts(input, at(input, arguments, 3));
    if (dims.size() != strides.size()) {
      throw input.fault(
          "has a tensor of %d axes and %d strides".formatted(dims.size(), strides.size()));
    }
    PthTensor tensor = new PthTensor(storage, dtype, offset, dims, strides);
    try {
      checkExtent(input, tensor);
    } catch (ArithmeticException e) {
      throw new FormatException(input.fault("has a tensor whose size overflows").getMessage(), e);
    }
    return tensor;
  }

  private static void checkExtent(PickleInput input, PthTensor tensor) {
    if (Math.multiplyExact(tensor.elements(), tensor.dtype().bytes()) == 0) {
      return;
    }
    long last = tensor.offset();
    for (int axis = 0; axis < tensor.dims().size(); axis++) {
      long reach = Math.multiplyExact(tensor.dims().get(axis) - 1, tensor.strides().get(axis));
      last = Math.addExact(last, reach);
    }
    long end = Math.multiplyExact(Math.addExact(last, 1), tensor.dtype().bytes());
    if (end > tensor.storage().bytes()) {
      throw input.fault(
          "has a tensor of shape %s that reaches %d bytes into a storage of %d"
              .formatted(tensor.dims(), end, tensor.storage().bytes()));
    }
  }

  // ---- arguments ----

  private static PyValue at(PickleInput input, List<PyValue> arguments, int index) {
    if (index >= arguments.size()) {
      throw input.fault("gives too few arguments, " + arguments.size());
    }
    return arguments.get(index);
  }

  private static Items items(PickleInput input, PyValue value) {
    if (value instanceof Items items) {
      return items;
    }
    throw input.fault("has something else where a list is needed");
  }

  private static List<Long> counts(PickleInput input, PyValue value) {
    List<PyValue> values = items(input, value).values();
    if (values.size() > MAX_AXES) {
      throw input.fault("has a tensor of " + values.size() + " axes");
    }
    return values.stream().map(item -> count(input, item)).toList();
  }

  private static long count(PickleInput input, PyValue value) {
    if (value instanceof Whole whole
        && whole.value().signum() >= 0
        && whole.value().bitLength() < Long.SIZE) {
      return whole.value().longValue();
    }
    throw input.fault("has something else where a size is needed");
  }
}
