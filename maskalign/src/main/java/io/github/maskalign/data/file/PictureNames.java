package io.github.maskalign.data.file;

import io.github.maskalign.data.DatasetNotes.Reason;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Recognizes pictures by file extension, since a scan cannot read them all. */
public final class PictureNames {
  private static final Set<String> EXTENSIONS =
      Set.of("jpg", "jpeg", "jpe", "jfif", "pjpeg", "pjp", "png", "gif", "bmp", "dib", "webp");

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "tif", "tiff", "heic", "heif", "hif", "avif", "jp2", "j2k", "jpf", "jpx", "jxl", "jxr",
          "svg", "svgz", "ico", "cur", "tga", "psd", "psb", "xcf", "exr", "hdr", "dds", "pcx",
          "ppm", "pgm", "pbm", "pnm", "pam", "qoi", "apng", "mng", "raw", "dng", "cr2", "cr3",
          "nef", "arw", "orf", "rw2", "raf", "dcm", "npy");

  /** Folders and files of macOS, Windows, Linux and network storage, in lower case. */
  private static final Set<String> SYSTEM =
      Set.of(
          "@eadir",
          "@recycle",
          "@recently-snapshot",
          "@tmp",
          "#recycle",
          "#snapshot",
          "__macosx",
          "$recycle.bin",
          "recycler",
          "system volume information",
          "lost+found",
          "network trash folder",
          "temporary items",
          "desktop.ini",
          "thumbs.db",
          "ehthumbs.db",
          "icon\r");

  private PictureNames() {}

  /** Why a file or folder is not part of a set because of its own name; null if it may be. */
  public static @Nullable Reason hidden(String name) {
    if (name.startsWith(".")) {
      return Reason.HIDDEN;
    }
    return SYSTEM.contains(name.toLowerCase(Locale.ROOT)) ? Reason.SYSTEM : null;
  }

  /** Why a file is not a picture; null if it is one. */
  public static @Nullable Reason notPicture(String name) {
    Reason hidden = hidden(name);
    if (hidden != null) {
      return hidden;
    }
    String extension = extension(name);
    if (EXTENSIONS.contains(extension)) {
      return null;
    }
    return UNSUPPORTED.contains(extension) ? Reason.FORMAT : Reason.OTHER;
  }

  /** What follows the last dot of a file name, in lower case; empty without a dot. */
  public static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  /** For messages. */
  public static String extensions() {
    return ".jpg, .jpeg, .jfif, .png, .gif, .bmp or .webp";
  }
}
