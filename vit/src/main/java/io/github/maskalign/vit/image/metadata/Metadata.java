package io.github.maskalign.vit.image.metadata;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The EXIF and XMP data of an image file. The orientation is that of EXIF, else that of the profile
 * that ImageMagick writes to PNG files, else that of XMP, as in Pillow's {@code exif_transpose}.
 * Unreadable data are ignored, since the pixels do not depend on them.
 */
public final class Metadata {

  private static final String EXIF = "Exif\0\0";
  private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";
  private static final int UPRIGHT = 1;
  private static final int MAX_ORIENTATION = 8;
  private static final Pattern IN_XMP = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

  private final ByteArrayOutputStream segments = new ByteArrayOutputStream();
  private @Nullable ByteBuffer exif;
  private @Nullable String profile;
  private @Nullable String xmp;

  /** Adds an application segment of JPEG; those of EXIF continue each other. */
  public void addSegment(ByteBuffer segment) {
    ByteBuffer packet = after(XMP, segment);
    if (packet != null) {
      setXmp(packet);
    }
    ByteBuffer data = after(EXIF, segment);
    if (data != null) {
      ByteBuffer next = segments.size() == 0 ? segment.slice() : data;
      byte[] bytes = new byte[next.remaining()];
      next.get(bytes);
      segments.writeBytes(bytes);
    }
  }

  private static @Nullable ByteBuffer after(String start, ByteBuffer segment) {
    ByteBuffer wanted = StandardCharsets.ISO_8859_1.encode(start);
    int length = wanted.remaining();
    return segment.remaining() >= length && segment.slice(0, length).equals(wanted)
        ? segment.slice(length, segment.remaining() - length)
        : null;
  }

  /** Sets EXIF data, in place of what was there. */
  public void setExif(ByteBuffer data) {
    exif = data;
  }

  /** Sets the text "Raw profile type exif": three lines, and EXIF data as hexadecimal digits. */
  public void setProfile(String text) {
    profile = text;
  }

  /** Sets an XMP packet. */
  public void setXmp(ByteBuffer packet) {
    xmp = StandardCharsets.ISO_8859_1.decode(packet.slice()).toString();
  }

  /** The orientation, 1 to 8 as in EXIF. */
  public int orientation() {
    ByteBuffer data =
        exif != null
            ? exif
            : segments.size() > 0 ? ByteBuffer.wrap(segments.toByteArray()) : ofProfile();
    OptionalInt found = data == null ? OptionalInt.empty() : ExifOrientation.read(data);
    int value = found.orElseGet(this::ofXmp);
    return value >= UPRIGHT && value <= MAX_ORIENTATION ? value : UPRIGHT;
  }

  private @Nullable ByteBuffer ofProfile() {
    String[] lines = profile == null ? new String[0] : profile.split("\n", 4);
    if (lines.length < 4) {
      return null;
    }
    try {
      return ByteBuffer.wrap(HexFormat.of().parseHex(lines[3].replaceAll("\\s", "")));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private int ofXmp() {
    Matcher matcher = IN_XMP.matcher(xmp == null ? "" : xmp);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : UPRIGHT;
  }
}
