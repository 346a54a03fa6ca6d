package io.github.maskalign.vit.weights.pth;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names of classes and functions that a .pth file may contain: those that torch's weights-only
 * loader (2.15) allows by default, and classes of plain data from arguments and NumPy that official
 * checkpoints contain.
 *
 * @see <a href="https://docs.pytorch.org/docs/stable/notes/serialization.html#weights-only">torch's
 *     weights-only loader</a>
 */
final class AllowedNames {

  static final String ORDERED_DICT = "collections.OrderedDict";
  static final String COUNTER = "collections.Counter";
  static final String TENSOR = "torch._utils._rebuild_tensor";
  static final String TENSOR_V2 = "torch._utils._rebuild_tensor_v2";
  static final String TENSOR_V3 = "torch._utils._rebuild_tensor_v3";
  static final String PARAMETER_CLASS = "torch.nn.parameter.Parameter";
  static final String PARAMETER = "torch._utils._rebuild_parameter";
  static final String PARAMETER_STATE = "torch._utils._rebuild_parameter_with_state";
  static final String FROM_CPU = "torch._utils._rebuild_device_tensor_from_cpu_tensor";

  /** A tensor with attributes, or of a subclass: another of these functions, and its arguments. */
  static final String FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

  /** Protocol 2 writes bytes as text, one character per byte; it stays text. */
  static final String ENCODE = "_codecs.encode";

  private static final Set<String> BUILT =
      Set.of(
          ORDERED_DICT,
          COUNTER,
          TENSOR,
          TENSOR_V2,
          TENSOR_V3,
          PARAMETER_CLASS,
          PARAMETER,
          PARAMETER_STATE,
          FROM_CPU,
          FROM_TYPE,
          ENCODE);

  private static final Set<String> COLLECTIONS = Set.of("builtins.set", "torch.Size");

  /** Objects that are kept as their name and arguments, among them tensors without plain bytes. */
  private static final Set<String> DATA =
      Set.of(
          "builtins.bytearray",
          "builtins.complex",
          "torch.device",
          "torch.serialization._get_layout",
          "torch._utils._rebuild_qtensor",
          "torch._utils._rebuild_sparse_tensor",
          "torch._utils._rebuild_meta_tensor_no_storage",
          "torch._utils._rebuild_wrapper_subclass",
          "torch._utils._rebuild_device_tensor_from_numpy",
          "argparse.Namespace",
          "types.SimpleNamespace",
          "numpy.dtype",
          "numpy.core.multiarray.scalar",
          "numpy._core.multiarray.scalar",
          "pathlib.PosixPath",
          "pathlib.WindowsPath",
          "pathlib.PurePosixPath",
          "pathlib.PureWindowsPath");

  private static final Pattern STORAGE =
      Pattern.compile("torch\\.(?:storage\\.|cuda\\.)?(\\w+Storage)");

  /** Values and classes that only accompany a tensor. */
  private static final Pattern WORD =
      Pattern.compile(
          "torch\\.(?:Tensor"
              + "|(?:cuda\\.)?(?:sparse\\.)?(?:BFloat16|Bool|Byte|Char|Double|Float|Half|Int|Long"
              + "|Short)Tensor"
              + "|per_tensor_affine|per_tensor_symmetric|per_channel_affine|per_channel_symmetric"
              + "|per_channel_affine_float_qparams"
              + "|u?int[1-7]|bits(?:8|16|1x8|2x4|4x2)|b?complex32|float4_e2m1fn_x2"
              + "|storage\\.TypedStorage)");

  private static final String TORCH = "torch.";

  private AllowedNames() {}

  /** The present name of a class of Python 2, which protocol 2 writes. */
  static String present(String module, String name) {
    return (module.equals("__builtin__") ? "builtins" : module) + "." + name;
  }

  static boolean contains(String full) {
    return BUILT.contains(full)
        || isData(full)
        || isCollection(full)
        || storage(full).isPresent()
        || dtype(full).isPresent()
        || WORD.matcher(full).matches();
  }

  static boolean isData(String full) {
    return DATA.contains(full);
  }

  static boolean isCollection(String full) {
    return COLLECTIONS.contains(full);
  }

  /** The element type of a storage class. */
  static Optional<ElementType> storage(String full) {
    var storage = STORAGE.matcher(full);
    return storage.matches() ? ElementType.ofStorage(storage.group(1)) : Optional.empty();
  }

  /** The element type of a dtype. */
  static Optional<ElementType> dtype(String full) {
    return full.startsWith(TORCH)
        ? ElementType.ofDType(full.substring(TORCH.length()))
        : Optional.empty();
  }
}
