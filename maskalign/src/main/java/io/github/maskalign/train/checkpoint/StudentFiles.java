package io.github.maskalign.train.checkpoint;

import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
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

  private static final String DIGEST = "teacher_sha256";

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

  /**
   * Checks that the teacher is that of a student's file.
   *
   * @param metadata of the file; says nothing in files of students without teacher
   * @param where the file is, for messages
   * @throws ArgumentException if it is another
   */
  public static void requireTeacher(
      Map<String, String> metadata, @Nullable TeacherId teacher, Path where) {
    String then = metadata.get(DIGEST);
    if (then != null && teacher != null && !then.equals(teacher.sha256())) {
      throw new ArgumentException(
          "the teacher %s is not that of %s: the SHA-256 of its weights was %s, is %s; restore them, or start a new run with another --out"
              .formatted(Printable.line(teacher.name()), where, then, teacher.sha256()));
    }
  }

  /** Metadata that identifies the teacher. */
  public static Map<String, String> metadata(@Nullable TeacherId teacher) {
    return teacher == null
        ? Map.of()
        : Map.of(
            "teacher",
            teacher.name(),
            DIGEST,
            teacher.sha256(),
            "teacher_licence",
            teacher.license());
  }

  /** Metadata that identifies the teacher, and more. */
  public static Map<String, String> metadata(
      @Nullable TeacherId teacher, Map<String, String> description) {
    Map<String, String> metadata = new HashMap<>(description);
    metadata.putAll(metadata(teacher));
    return metadata;
  }
}
