package io.github.maskalign.data.sets;

import java.util.Locale;
import java.util.Set;

/** Recognizes pictures by file extension, since a scan cannot read them all. */
final class PictureNames {

  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "jpe", "png", "gif", "bmp", "webp");

  private PictureNames() {}

  /** Whether a path names a picture; hidden files never do. */
  static boolean isPicture(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return !name.startsWith(".") && isExtension(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Whether files of this extension are pictures. */
  static boolean isExtension(String extension) {
    return EXTENSIONS.contains(extension.toLowerCase(Locale.ROOT));
  }

  /** For messages. */
  static String extensions() {
    return ".jpg, .jpeg, .png, .gif, .bmp or .webp";
  }
}
