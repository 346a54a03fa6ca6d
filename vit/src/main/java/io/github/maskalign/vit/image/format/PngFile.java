package io.github.maskalign.vit.image.format;

import io.github.maskalign.vit.image.metadata.Metadata;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A PNG file: chunks of length, type, data and checksum (PNG specification, third edition).
 *
 * @param width columns
 * @param height rows
 * @param chunks those of pixels and metadata, to the end of the image
 */
public record PngFile(int width, int height, List<Chunk> chunks) {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int CHUNK_HEADER = 8;
  private static final int CHECKSUM = 4;
  private static final int FRAME = CHUNK_HEADER + CHECKSUM;
  private static final int HEADER = 13;

  /** Texts that expand to more are ignored. */
  private static final int MAX_TEXT = 1 << 20;

  /** What the pixels depend on; the rest would only cost the decoder time and memory. */
  private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "IDAT", "IEND");

  private static final String TRANSPARENCY = "tRNS";
  private static final Set<String> METADATA = Set.of("eXIf", "tEXt", "zTXt", "iTXt", TRANSPARENCY);

  /** What the samples of a pixel are. */
  public enum Color {
    /** Gray. */
    GRAY(1),
    /** Red, green, blue. */
    RGB(3),
    /** Indexes of a palette. */
    PALETTE(1),
    /** Gray and alpha. */
    GRAY_ALPHA(2),
    /** Red, green, blue, alpha. */
    RGBA(4);

    private final int samples;

    Color(int samples) {
      this.samples = samples;
    }
  }

  /**
   * A chunk.
   *
   * @param data the data, without length, type and checksum
   * @param checksum as stored, or null if the file ends before it
   */
  public record Chunk(String type, ByteBuffer data, @Nullable Integer checksum) {

    boolean isIntact() {
      var sum = new CRC32();
      sum.update(type.getBytes(StandardCharsets.ISO_8859_1));
      sum.update(data.slice());
      return checksum != null && (int) sum.getValue() == checksum;
    }

    byte[] bytes() {
      byte[] bytes = new byte[data.remaining()];
      data.get(data.position(), bytes);
      return bytes;
    }

    boolean hasKey(String key) {
      byte[] wanted = (key + '\0').getBytes(StandardCharsets.ISO_8859_1);
      return data.remaining() >= wanted.length
          && data.slice(0, wanted.length).equals(ByteBuffer.wrap(wanted));
    }

    byte @Nullable [] text() {
      byte[] all = bytes();
      int key = endOf(all, 0);
      return switch (type) {
        case "tEXt" -> rest(all, key + 1);
        case "zTXt" -> inflated(all, key + 2);
        default -> international(all, key + 1);
      };
    }
  }

  /** Copies the list. */
  public PngFile {
    chunks = List.copyOf(chunks);
  }

  /**
   * Reads the chunks.
   *
   * @throws IOException with a reason that follows the file's name
   */
  public static PngFile read(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    List<Chunk> chunks = new ArrayList<>();
    String type = "";
    boolean begun = false;
    boolean ended = false;
    for (int at = SIGNATURE.length; !type.equals("IEND"); ) {
      if (at > bytes.length - CHUNK_HEADER) {
        throw truncated();
      }
      long length = file.getInt(at) & 0xffffffffL;
      type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (chunks.isEmpty() && (!type.equals("IHDR") || length != HEADER)) {
        throw new IOException("is a PNG file without IHDR chunk");
      }
      if (length > bytes.length - at - CHUNK_HEADER) {
        throw truncated();
      }
      int end = at + CHUNK_HEADER + (int) length;
      boolean whole = end <= bytes.length - CHECKSUM;
      boolean pixels = type.equals("IDAT");
      if (pixels && ended) {
        throw new IOException("has pixels in chunks that do not follow each other");
      }
      ended = begun && !pixels;
      begun |= pixels;
      if (NEEDED.contains(type) && !(pixels && length == 0) || METADATA.contains(type)) {
        chunks.add(
            new Chunk(
                type,
                file.slice(at + CHUNK_HEADER, (int) length),
                whole ? file.getInt(end) : null));
      }
      at += FRAME + (int) length;
    }
    ByteBuffer header = chunks.getFirst().data;
    return new PngFile(header.getInt(0), header.getInt(4), chunks);
  }

  /** Bytes per pixel, at least one, by the bit depth and the color type of the header. */
  public int bytesPerPixel() {
    return bits() == 16 ? 2 * color().samples : color().samples;
  }

  /** Bits of a sample. */
  public int bits() {
    return chunks.getFirst().data.get(8);
  }

  /** The color type of the header; gray if there is none such, which its decoder refuses. */
  public Color color() {
    return switch (chunks.getFirst().data.get(9)) {
      case 2 -> Color.RGB;
      case 3 -> Color.PALETTE;
      case 4 -> Color.GRAY_ALPHA;
      case 6 -> Color.RGBA;
      default -> Color.GRAY;
    };
  }

  /**
   * What is transparent: alphas of a palette, or a gray value or color of 16 bits a sample; null if
   * nothing is stated.
   */
  public byte @Nullable [] transparency() {
    return chunks.stream()
        .filter(chunk -> chunk.type.equals(TRANSPARENCY))
        .findFirst()
        .map(Chunk::bytes)
        .orElse(null);
  }

  private static IOException truncated() {
    return new IOException("is truncated");
  }

  /**
   * The file with only the chunks that its pixels depend on.
   *
   * @throws IOException if they are damaged
   */
  public byte[] bare() throws IOException {
    List<Chunk> needed = chunks.stream().filter(chunk -> NEEDED.contains(chunk.type)).toList();
    int size = needed.stream().mapToInt(chunk -> FRAME + chunk.data.remaining()).sum();
    ByteBuffer bare = ByteBuffer.allocate(SIGNATURE.length + size).put(SIGNATURE);
    for (Chunk chunk : needed) {
      // As in Pillow, zlib's own checksum has to do for the pixels.
      boolean checked = chunk.type.equals("IHDR") || chunk.type.equals("PLTE");
      if (checked && !chunk.isIntact()) {
        throw new IOException("has a wrong checksum in its chunk " + chunk.type);
      }
      bare.putInt(chunk.data.remaining())
          .put(chunk.type.getBytes(StandardCharsets.ISO_8859_1))
          .put(chunk.data.slice())
          .putInt(chunk.checksum == null ? 0 : chunk.checksum);
    }
    return bare.array();
  }

  /** The orientation in the metadata, 1 to 8. The last of several chunks counts. */
  public int orientation() {
    Metadata metadata = new Metadata();
    Chunk profile = null;
    Chunk xmp = null;
    for (Chunk chunk : chunks) {
      switch (chunk.type) {
        case "eXIf" -> metadata.setExif(chunk.data);
        case "tEXt", "zTXt", "iTXt" -> {
          profile = chunk.hasKey("Raw profile type exif") ? chunk : profile;
          xmp = chunk.hasKey("XML:com.adobe.xmp") ? chunk : xmp;
          if (chunk.hasKey("exif") && chunk.type.equals("tEXt")) {
            metadata.setExif(ByteBuffer.wrap(rest(chunk.bytes(), "exif\0".length())));
          }
        }
        default -> {}
      }
    }
    byte[] hex = profile == null ? null : profile.text();
    if (hex != null) {
      metadata.setProfile(new String(hex, StandardCharsets.ISO_8859_1));
    }
    byte[] packet = xmp == null ? null : xmp.text();
    if (packet != null) {
      metadata.setXmp(ByteBuffer.wrap(packet));
    }
    return metadata.orientation();
  }

  /** The text after a compression flag, a method, a language and a translated keyword. */
  private static byte @Nullable [] international(byte[] data, int at) {
    if (at > data.length - 2) {
      return null;
    }
    int text = endOf(data, endOf(data, at + 2) + 1) + 1;
    return data[at] == 0 ? rest(data, text) : inflated(data, text);
  }

  private static int endOf(byte[] data, int from) {
    int at = from;
    while (at < data.length && data[at] != 0) {
      at++;
    }
    return Math.min(at, data.length);
  }

  private static byte[] rest(byte[] data, int from) {
    return from < data.length ? Arrays.copyOfRange(data, from, data.length) : new byte[0];
  }

  private static byte @Nullable [] inflated(byte[] data, int from) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(rest(data, from));
      byte[] text = new byte[MAX_TEXT];
      int length = inflater.inflate(text);
      return inflater.finished() ? Arrays.copyOf(text, length) : null;
    } catch (DataFormatException e) {
      return null;
    } finally {
      inflater.end();
    }
  }
}
