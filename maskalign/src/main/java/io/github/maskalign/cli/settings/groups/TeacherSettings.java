package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.teacher.cache.StoredType;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Who teaches.
 *
 * @since 0.1.0
 */
public record TeacherSettings(
    @Setting(
            value =
                "A published one, such as clip_b16, dinov2_b14, siglip_b16 or dinov3_b16; or a file"
                    + " or folder of weights.",
            standard = "clip_b16")
        String teacher,
    @Setting(value = "Its weights, for a teacher by name.", decides = false)
        @Nullable Path teacherWeights,
    @Setting(
            value =
                "Crops of a picture whose teacher features are kept on disk; with 0, every epoch"
                    + " shows new crops.",
            standard = "0")
        int teacherCache,
    @Setting(value = "What is kept of a feature.", standard = "f16") StoredType teacherCacheType,
    @Setting(
            value = "Folder of what --teacher-cache keeps.",
            standard = "runs/teacher-cache",
            decides = false)
        Path teacherCacheDir) {}
