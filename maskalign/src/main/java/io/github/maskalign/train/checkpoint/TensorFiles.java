package io.github.maskalign.train.checkpoint;

import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Tensors that are no parameters, such as an optimizer's moments, in files.
 *
 * @since 0.1.0
 */
public final class TensorFiles {

  private TensorFiles() {}

  /** Writes named tensors as F32. */
  public static void save(Path file, Map<String, Tensor> tensors) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    tensors.forEach((name, tensor) -> writer.add(name, tensor.shape(), tensor.toFloats()));
    writer.write(file);
  }

  /** Fills the memory of tensors from a file that holds exactly them. */
  public static void load(Path file, Map<String, Tensor> tensors) {
    try (SafeTensorsFile source = SafeTensorsFile.open(file)) {
      if (!tensors.keySet().equals(Set.copyOf(source.names()))) {
        throw new FormatException(file + ": is not of this optimizer and model");
      }
      tensors.forEach((name, tensor) -> load(file, source, name, tensor));
    }
  }

  private static void load(Path file, SafeTensorsFile source, String name, Tensor tensor) {
    if (!source.entry(name).shape().equals(tensor.shape())) {
      throw new FormatException(
          "%s: tensor '%s' has shape %s, needed is %s"
              .formatted(file, name, source.entry(name).shape(), tensor.shape()));
    }
    MemorySegment values = MemorySegment.ofArray(source.floats(name));
    tensor.owner().backend().upload(values, tensor);
  }
}
