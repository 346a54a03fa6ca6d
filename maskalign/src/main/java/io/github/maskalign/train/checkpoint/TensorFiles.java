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
 * Saves and loads tensors other than parameters, such as optimizer moments.
 *
 * @since 0.1.0
 */
public final class TensorFiles {

  private TensorFiles() {}

  /** Writes named tensors as F32, with metadata. */
  public static void save(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach((name, tensor) -> writer.add(name, tensor.shape(), tensor.toFloats()));
    writer.write(file);
  }

  /**
   * Loads tensors in place from a file that contains exactly them.
   *
   * @return the metadata of the file
   * @throws FormatException if it contains others
   */
  public static Map<String, String> load(Path file, Map<String, Tensor> tensors) {
    try (SafeTensorsFile source = SafeTensorsFile.open(file)) {
      if (!tensors.keySet().equals(Set.copyOf(source.names()))) {
        throw new FormatException(file + ": does not match this optimizer and model");
      }
      tensors.forEach((name, tensor) -> load(file, source, name, tensor));
      return source.metadata();
    }
  }

  private static void load(Path file, SafeTensorsFile source, String name, Tensor tensor) {
    if (!source.entry(name).shape().equals(tensor.shape())) {
      throw new FormatException(
          "%s: tensor '%s' has shape %s, expected %s"
              .formatted(file, name, source.entry(name).shape(), tensor.shape()));
    }
    MemorySegment values = MemorySegment.ofArray(source.floats(name));
    tensor.owner().backend().upload(values, tensor);
  }
}
