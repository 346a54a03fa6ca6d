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
import org.jspecify.annotations.Nullable;

/** The classes and functions that a .pth file may name, and the data that they stand for. */
final class Globals {

  /** More than weights have. Limited since shapes can make a short file fill the memory. */
  private static final int MAX_AXES = 16;

  private static final String STORAGE_TAG = "storage";

  private Globals() {}

  /**
   * Looks up an allowed name.
   *
   * @throws FormatException if it is not allowed
   */
  static Global lookUp(PickleInput input, String module, String name) {
    String full = AllowedNames.present(module, name);
    if (!AllowedNames.contains(full)) {
      throw input.fault(
          ("names '%s', which is not allowed: only tensors and plain data are read, and nothing"
                      + " is executed;")
                  .formatted(shown(module + "." + name))
              + " save the state dict alone, or as safetensors");
    }
    return new Global(full);
  }

  private static String shown(String text) {
    String clipped = text.length() > 100 ? text.substring(0, 100) + "..." : text;
    return clipped.replaceAll("\\p{Cntrl}", "?");
  }

  /**
   * The data that a class or function would create from its arguments.
   *
   * @throws FormatException if the arguments are invalid
   */
  static PyValue make(PickleInput input, Global name, Sequence given) {
    String full = name.value();
    if (AllowedNames.isData(full)) {
      return new Instance(full, given);
    }
    List<PyValue> arguments = given.values();
    if (AllowedNames.isCollection(full)) {
      return arguments.isEmpty() ? new Sequence(List.of()) : items(input, arguments.getFirst());
    }
    return switch (full) {
      case AllowedNames.ORDERED_DICT, AllowedNames.COUNTER -> dict(input, arguments);
      case AllowedNames.FROM_TYPE -> fromType(input, arguments);
      case AllowedNames.ENCODE -> at(input, arguments, 0);
      default -> tensorOf(input, full, given);
    };
  }

  /** Entries as a dict, which stays shared, or as pairs. */
  private static Dict dict(PickleInput input, List<PyValue> arguments) {
    if (arguments.isEmpty()) {
      return new Dict();
    }
    if (arguments.getFirst() instanceof Dict entries) {
      return entries;
    }
    Dict entries = new Dict();
    for (PyValue pair : items(input, arguments.getFirst()).values()) {
      List<PyValue> values = items(input, pair).values();
      entries.put(at(input, values, 0), at(input, values, 1));
    }
    return entries;
  }

  /** {@code (function, class, arguments, attributes)}; class and attributes are not kept. */
  private static PyValue fromType(PickleInput input, List<PyValue> arguments) {
    if (at(input, arguments, 0) instanceof Global function
        && at(input, arguments, 2) instanceof Sequence inner) {
      return AllowedNames.isData(function.value())
          ? new Instance(function.value(), inner)
          : tensorOf(input, function.value(), inner);
    }
    throw input.fault("creates a tensor by something that is not a function");
  }

  private static PyValue tensorOf(PickleInput input, String full, Sequence given) {
    List<PyValue> arguments = given.values();
    return switch (full) {
      case AllowedNames.TENSOR, AllowedNames.TENSOR_V2 -> tensor(input, full, given, null);
      case AllowedNames.TENSOR_V3 ->
          tensor(input, full, given, elementType(input, at(input, arguments, 6)));
      case AllowedNames.PARAMETER_CLASS,
          AllowedNames.PARAMETER,
          AllowedNames.PARAMETER_STATE,
          AllowedNames.FROM_CPU ->
          parameter(input, arguments);
      default -> throw input.fault("creates an object of '" + full + "'");
    };
  }

  private static PyValue parameter(PickleInput input, List<PyValue> arguments) {
    PyValue data = at(input, arguments, 0);
    if (data instanceof PthTensor || data instanceof Instance) {
      return data;
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
    ElementType type =
        AllowedNames.storage(name.value())
            .orElseThrow(() -> input.fault("has a storage of class '" + name.value() + "'"));
    long elements = count(input, parts.get(4));
    if (elements > Long.MAX_VALUE / type.bytes()) {
      throw input.fault("has a storage of " + elements + " elements");
    }
    return new PthStorage(key.value(), type, elements);
  }

  private static ElementType elementType(PickleInput input, PyValue value) {
    if (value instanceof Global name && AllowedNames.dtype(name.value()).isPresent()) {
      return AllowedNames.dtype(name.value()).get();
    }
    if (value instanceof Global) {
      return ElementType.UNTYPED; // One of torch's experimental types.
    }
    throw input.fault("has a tensor without element type");
  }

  /** A tensor; one of an unsupported type is only named. */
  private static PyValue tensor(
      PickleInput input, String full, Sequence given, @Nullable ElementType stated) {
    List<PyValue> arguments = given.values();
    if (!(at(input, arguments, 0) instanceof PthStorage storage)) {
      throw input.fault("creates a tensor from something that is not a storage");
    }
    SafeDType dtype = (stated == null ? storage.type() : stated).dtype();
    if (dtype == null) {
      return new Instance(full, given);
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
