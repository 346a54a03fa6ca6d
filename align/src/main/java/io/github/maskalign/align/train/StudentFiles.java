package io.github.maskalign.align.train;

import io.github.maskalign.align.teacher.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.tensor.safetensors.SafeTensorsWriter;
import io.github.maskalign.vit.LoadOptions;
import io.github.maskalign.vit.Weights;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The weight files of a pre-training run. */
public final class StudentFiles {

  /** Parameters that serve the alignment only. */
  private static final String ALIGNMENT = "distill_";

  private StudentFiles() {}

  /** Writes the student alone, with timm's names; the alignment has done its work. */
  public static void export(Path file, Parameters parameters, TeacherId teacher) {
    Weights.save(file, parameters, name -> !name.startsWith(ALIGNMENT), metadata(teacher));
  }

  /** Writes the student and its alignment. */
  static void saveAll(Path file, Parameters parameters, TeacherId teacher) {
    Weights.save(file, parameters, metadata(teacher));
  }

  static void loadAll(Path file, Parameters parameters) {
    Weights.load(file, parameters, LoadOptions.strict());
  }

  private static Map<String, String> metadata(TeacherId teacher) {
    return Map.of(
        "teacher", teacher.name(),
        "teacher_sha256", teacher.sha256(),
        "teacher_licence", teacher.licence());
  }

  static void saveTensors(Path file, Map<String, Tensor> tensors) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    tensors.forEach((name, tensor) -> writer.add(name, tensor.shape(), tensor.toFloats()));
    writer.write(file);
  }

  /** Fills the memory of tensors from a file that holds exactly them. */
  static void loadTensors(Path file, Map<String, Tensor> tensors) {
    try (SafeTensorsFile source = SafeTensorsFile.open(file)) {
      if (!tensors.keySet().equals(Set.copyOf(source.names()))) {
        throw new FormatException(file + ": is not of this optimiser and model");
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
