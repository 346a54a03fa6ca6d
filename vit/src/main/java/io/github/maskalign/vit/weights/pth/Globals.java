package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeDType;
import io.github.maskalign.vit.weights.pth.PyValue.Dict;
import io.github.maskalign.vit.weights.pth.PyValue.Global;
import io.github.maskalign.vit.weights.pth.PyValue.Instance;
import io.github.maskalign.vit.weights.pth.PyValue.Int;
import io.github.maskalign.vit.weights.pth.PyValue.None;
import io.github.maskalign.vit.weights.pth.PyValue.Sequence;
import io.github.maskalign.vit.weights.pth.PyValue.Str;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes and functions that a .pth file may name, and the data that they stand for. */
final class Globals {

  /** More than weights have. Limited since shapes can make a short file fill the memory. */
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

  /** Protocol 2 writes bytes as text, one character per byte; it stays text. */
  private static final String ENCODE = "_codecs.encode";

  private static final Set<String> COLLECTIONS =
      Set.of("builtins.set", "__builtin__.set", "torch.Size");

  /** Classes that only have attributes or parts. */
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
   * Looks up an allowed name.
   *
   * @throws FormatException if it is not allowed
   */
  static Global lookUp(PickleInput input, String module, String name) {
    String full = module + "." + name;
    boolean known =
        OTHERS.contains(full)
            || DATA.contains(full)
            || COLLECTIONS.contains(full)
            || storageType(full) != null
            || dtype(full) != null;
    if (!known) {
      throw input.fault(
          ("names '%s', which is not allowed: only tensors and plain data are read, and nothing"
                      + " is executed;")
                  .formatted(shown(full))
              + " save the state dict alone, or as safetensors");
    }
    return new Global(full);
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
   * The data that a class or function would create from its arguments.
   *
   * @throws FormatException if the arguments are invalid
   */
  static PyValue make(PickleInput input, Global name, Sequence given) {
    String full = name.value();
    if (DATA.contains(full)) {
      return new Instance(full, given);
    }
    List<PyValue> arguments = given.values();
    if (COLLECTIONS.contains(full)) {
      return arguments.isEmpty() ? new Sequence(List.of()) : items(input, arguments.getFirst());
    }
    return switch (full) {
      case ORDERED_DICT -> orderedDict(input, arguments);
      case TENSOR, TENSOR_V2 -> tensor(input, arguments, null);
      case TENSOR_V3 -> tensor(input, arguments, elementType(input, at(input, arguments, 6)));
      case PARAMETER, PARAMETER_STATE -> parameter(input, arguments);
      case ENCODE -> at(input, arguments, 0);
      default -> throw input.fault("creates an object of '" + full + "'");
    };
  }

  private static Dict orderedDict(PickleInput input, List<PyValue> arguments) {
    if (!arguments.isEmpty()) {
      throw input.fault("creates an OrderedDict with arguments");
    }
    return new Dict();
  }

  private static PthTensor parameter(PickleInput input, List<PyValue> arguments) {
    if (at(input, arguments, 0) instanceof PthTensor tensor) {
      return tensor;
    }
    throw input.fault("creates a parameter from something that is not a tensor");
  }

  // ---- tensors ----

  /**
   * A storage from its persistent id: {@code ('storage', class, key, location, elements, view)}.
   */
  static PthStorage storage(PickleInput input, PyValue id) {
    List<PyValue> parts = items(input, id).values();
    if (parts.size() < 5
        || !(parts.get(0) instanceof Str tag)
        || !tag.value().equals(STORAGE_TAG)
        || !(parts.get(1) instanceof Global name)
        || !(parts.get(2) instanceof Str key)) {
      throw input.fault("has a storage with an invalid persistent id");
    }
    if (parts.size() > 5 && parts.get(5) != None.NONE) {
      throw input.fault(
          "has a storage that is a view of another; save the file again with a newer torch");
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
    SafeDType dtype = value instanceof Global name ? dtype(name.value()) : null;
    if (dtype == null) {
      throw input.fault("has a tensor of an unknown element type");
    }
    return dtype;
  }

  private static PthTensor tensor(
      PickleInput input, List<PyValue> arguments, @Nullable SafeDType given) {
    if (!(at(input, arguments, 0) instanceof PthStorage storage)) {
      throw input.fault("creates a tensor from something that is not a storage");
    }
    SafeDType dtype = given == null ? storage.type().dtype() : given;
    if (dtype == null) {
      throw input.fault("has a tensor without element type");
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

  private static Sequence items(PickleInput input, PyValue value) {
    if (value instanceof Sequence items) {
      return items;
    }
    throw input.fault("has another value where a list is expected");
  }

  private static List<Long> counts(PickleInput input, PyValue value) {
    List<PyValue> values = items(input, value).values();
    if (values.size() > MAX_AXES) {
      throw input.fault("has a tensor of " + values.size() + " axes");
    }
    return values.stream().map(item -> count(input, item)).toList();
  }

  private static long count(PickleInput input, PyValue value) {
    if (value instanceof Int whole
        && whole.value().signum() >= 0
        && whole.value().bitLength() < Long.SIZE) {
      return whole.value().longValue();
    }
    throw input.fault("has another value where a size is expected");
  }
}
