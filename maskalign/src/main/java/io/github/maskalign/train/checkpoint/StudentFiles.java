package io.github.maskalign.train.checkpoint;

import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The weight files of a pre-training run.
 *
 * @since 0.1.0
 */
public final class StudentFiles {

  /** Name prefixes of parameters that only the objective uses. */
  private static final List<String> OBJECTIVE = List.of("distill_", "decoder_", "mask_token");

  private StudentFiles() {}

  /** Writes the student only, with timm's names, without the parameters of the objective. */
  public static void export(Path file, Parameters parameters, @Nullable TeacherId teacher) {
    export(file, parameters, teacher, Map.of());
  }

  /** The same with more metadata. */
  public static void export(
      Path file,
      Parameters parameters,
      @Nullable TeacherId teacher,
      Map<String, String> description) {
    Weights.save(file, parameters, StudentFiles::ofStudent, metadata(teacher, description));
  }

  private static boolean ofStudent(String name) {
    return OBJECTIVE.stream().noneMatch(name::startsWith);
  }

  /** Metadata that identifies the teacher. */
  public static Map<String, String> metadata(@Nullable TeacherId teacher) {
    return teacher == null
        ? Map.of()
        : Map.of(
            "teacher", teacher.name(),
            "teacher_sha256", teacher.sha256(),
            "teacher_licence", teacher.license());
  }

  /** Metadata that identifies the teacher, and more. */
  public static Map<String, String> metadata(
      @Nullable TeacherId teacher, Map<String, String> description) {
    Map<String, String> metadata = new HashMap<>(description);
    metadata.putAll(metadata(teacher));
    return metadata;
  }
}
