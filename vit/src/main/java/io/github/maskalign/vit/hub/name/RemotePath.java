package io.github.maskalign.vit.hub.name;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.io.FileNames;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The path of a file in a repository, with slashes.
 *
 * @since 0.1.0
 */
public record RemotePath(String path) {

  private static final int MAX_LENGTH = 1024;

  /** Characters that a URL keeps (RFC 3986, section 2.3). */
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  /** Names that Windows gives to devices, with any ending. */
  private static final Pattern DEVICE =
      Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");

  /**
   * Checks that the path stays in the folder that it is resolved in, on every system.
   *
   * @throws FormatException if it does not
   */
  public RemotePath {
    boolean segments =
        Arrays.stream(path.split("/", -1))
            .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    boolean drive = path.length() > 1 && path.charAt(1) == ':';
    boolean characters =
        path.codePoints()
            .allMatch(
                c ->
                    c != '\\'
                        && !Character.isISOControl(c)
                        && Character.getType(c) != Character.SURROGATE);
    if (!segments || drive || !characters || path.length() > MAX_LENGTH) {
      throw new FormatException(
          "the repository names a file '%s', which is not a path below its folder: refused"
              .formatted(Printable.line(path.substring(0, Math.min(path.length(), 200)))));
    }
  }

  /**
   * Resolves a file name stated in this file, such as that of a shard in an index.
   *
   * @param name relative to the folder of this file
   * @throws FormatException if that leads out of the repository
   */
  public RemotePath sibling(String name) {
    return new RemotePath(path.substring(0, path.lastIndexOf('/') + 1) + name);
  }

  /** The path in a URL: each part in percent encoding of UTF-8. */
  public String encoded() {
    return Arrays.stream(path.split("/")).map(RemotePath::encoded).collect(Collectors.joining("/"));
  }

  /** A part of a URL in percent encoding of UTF-8, slashes included. */
  public static String encoded(String part) {
    StringBuilder text = new StringBuilder();
    for (byte b : part.getBytes(StandardCharsets.UTF_8)) {
      if (UNRESERVED.indexOf(b) >= 0) {
        text.append((char) b);
      } else {
        text.append(String.format(Locale.ROOT, "%%%02X", b));
      }
    }
    return text.toString();
  }

  /**
   * The file below a folder.
   *
   * @throws FormatException if this system cannot have a file of that name
   */
  public Path in(Path folder) {
    if (File.separatorChar == '\\') {
      Arrays.stream(path.split("/")).forEach(RemotePath::requireWindows);
    }
    try {
      Path file = FileNames.resolve(folder, path);
      if (file.normalize().startsWith(folder.normalize())) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new FormatException(unsupported(path), e);
    }
    throw new FormatException(unsupported(path));
  }

  private static void requireWindows(String part) {
    boolean device = DEVICE.matcher(part.toLowerCase(Locale.ROOT)).matches();
    boolean character = part.chars().anyMatch(c -> ":*?\"<>|".indexOf(c) >= 0);
    if (device || character || part.endsWith(".") || part.endsWith(" ")) {
      throw new FormatException(unsupported(part));
    }
  }

  private static String unsupported(String name) {
    return "the repository has a file '%s', whose name this system does not support"
        .formatted(Printable.line(name));
  }

  @Override
  public String toString() {
    return path;
  }
}
