package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.cache.StoredType;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.hub.name.ModelReference;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The teacher and its feature cache.
 *
 * @since 0.1.0
 */
public record TeacherSettings(
    @Setting(
            value =
                "Teacher: the name of a published model, such as clip_b16, dinov2_b14, siglip_b16"
                    + " or dinov3_b16; tiny, which is included; hf:ORG/NAME on the Hub; or a weight file"
                    + " or folder.",
            defaultValue = "clip_b16")
        String teacher,
    @Setting(
            value = "Weight file or folder of a published teacher.",
            defaultText = "fetched from the Hub if --teacher is a name",
            affectsResult = false)
        @Nullable Path teacherWeights,
    @Setting(
            value =
                "Number of crops per image whose teacher features are cached on disk; with 0, every"
                    + " epoch draws new crops.",
            defaultValue = "0",
            range = "[0, *)")
        int teacherCache,
    @Setting(value = "Storage type of cached features", defaultValue = "f16")
        StoredType teacherCacheType,
    @Setting(
            value = "Folder of the teacher cache.",
            defaultValue = "runs/teacher-cache",
            affectsResult = false)
        Path teacherCacheDir) {

  /** Rejects a weight file that would not be read. */
  public TeacherSettings {
    if (teacherWeights != null && (teacher.equals(EmbeddedTeacher.NAME) || isPlace(teacher))) {
      throw new ArgumentException(
          "--teacher-weights: --teacher %s names the weights itself; use one of the two"
              .formatted(teacher));
    }
  }

  private static boolean isPlace(String teacher) {
    try {
      return teacher.startsWith(ModelReference.PREFIX) || Files.exists(Path.of(teacher));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
