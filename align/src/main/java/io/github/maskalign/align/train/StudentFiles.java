package io.github.maskalign.align.train;

import io.github.maskalign.align.teacher.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.LoadOptions;
import io.github.maskalign.vit.Weights;
import java.nio.file.Path;
import java.util.Map;

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
}
