package io.github.maskalign.vit.image.foreign;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The decoder of libwebp. Smooth chroma upsampling and no dithering, the defaults, so the pixels
 * equal Pillow's.
 */
public final class LibWebp {

  private static final List<String> NAMES =
      List.of("libwebp.so.7", "libwebp.7.dylib", "libwebp.dylib", "libwebp.dll", "libwebp-7.dll");

  // decode.h: the ABI is compatible within the major version, the upper byte.
  private static final int ABI_VERSION = 0x0200;
  private static final int RGB = 0;
  private static final int OK = 0;
  private static final int OUT_OF_MEMORY = 1;

  /** enum VP8StatusCode. */
  private static final List<String> STATUS =
      List.of(
          "ok",
          "out of memory",
          "invalid parameter",
          "bitstream error",
          "unsupported feature",
          "truncated",
          "aborted",
          "truncated");

  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  // The order of the fields is libwebp's.
  private static final StructLayout FEATURES =
      structLayout(
          INT.withName("width"), INT.withName("height"), sequenceLayout(8, INT).withName("rest"));

  private static final StructLayout PIXELS =
      structLayout(
          ADDRESS.withName("memory"),
          INT.withName("stride"),
          paddingLayout(4),
          ValueLayout.JAVA_LONG.withName("size"));

  /** The union of the kinds of output is as long as that of planes: 4 pointers, strides, sizes. */
  private static final StructLayout OUTPUT =
      structLayout(
          INT.withName("colorspace"),
          INT.withName("width"),
          INT.withName("height"),
          INT.withName("external"),
          PIXELS.withName("pixels"),
          paddingLayout(80 - PIXELS.byteSize()),
          sequenceLayout(4, INT).withName("reserved"),
          ADDRESS.withName("private"));

  private static final StructLayout CONFIG =
      structLayout(
          FEATURES.withName("input"),
          OUTPUT.withName("output"),
          sequenceLayout(32, INT).withName("options"));

  private final String name;
  private final MethodHandle decode;

  /** The initial configuration. */
  private final byte[] defaults;

  LibWebp(NativeLibrary library) throws UnavailableException {
    MemoryLayout size = Linker.nativeLinker().canonicalLayouts().get("size_t");
    if (size.byteSize() != Long.BYTES) {
      throw new UnavailableException("not for 64 bits");
    }
    name = library.name();
    MethodHandle initialize =
        library.function("WebPInitDecoderConfigInternal", FunctionDescriptor.of(INT, ADDRESS, INT));
    MethodHandle exact =
        library.function("WebPDecode", FunctionDescriptor.of(INT, ADDRESS, size, ADDRESS));
    decode =
        MethodHandles.explicitCastArguments(exact, exact.type().changeParameterType(1, long.class));
    defaults = defaults(initialize);
  }

  private static byte[] defaults(MethodHandle initialize) throws UnavailableException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocate(CONFIG);
      if ((int) initialize.invokeExact(config, ABI_VERSION) == 0) {
        throw new UnavailableException("of another version than 2 of its interface");
      }
      return config.toArray(ValueLayout.JAVA_BYTE);
    } catch (UnavailableException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of a native call", e);
    }
  }

  /**
   * Finds the installed library.
   *
   * @throws UnavailableException with the reason and the remedy
   */
  public static LibWebp find() throws UnavailableException {
    return NativeLibrary.bind(
        NAMES, "libwebp7 on Debian and Ubuntu, webp with Homebrew", LibWebp::new);
  }

  /** The name of the library's file. */
  public String name() {
    return name;
  }

  /**
   * Decodes a bitstream VP8 or VP8L.
   *
   * @param bitstream whose header has the given size
   * @return pixels {@code [height, width, 3]}
   * @throws IOException with a reason that follows the file's name
   */
  public MemorySegment decode(ByteBuffer bitstream, int width, int height, Arena arena)
      throws IOException {
    MemorySegment in = arena.allocate(bitstream.remaining()).copyFrom(segment(bitstream));
    MemorySegment out = arena.allocate(3L * width * height);
    MemorySegment config = arena.allocate(CONFIG).copyFrom(MemorySegment.ofArray(defaults));
    try {
      set(config, "colorspace", RGB);
      set(config, "width", width);
      set(config, "height", height);
      set(config, "external", 1);
      MemorySegment pixels =
          config.asSlice(CONFIG.byteOffset(groupElement("output"), groupElement("pixels")), PIXELS);
      pixels.set(ADDRESS, PIXELS.byteOffset(groupElement("memory")), out);
      pixels.set(INT, PIXELS.byteOffset(groupElement("stride")), 3 * width);
      pixels.set(ValueLayout.JAVA_LONG, PIXELS.byteOffset(groupElement("size")), out.byteSize());
      int status = (int) decode.invokeExact(in, in.byteSize(), config);
      if (status == OUT_OF_MEMORY) {
        throw new OutOfMemoryError(name + ": out of memory");
      }
      if (status != OK) {
        String reason = status < 0 || status >= STATUS.size() ? "unknown" : STATUS.get(status);
        throw new IOException("cannot be decoded: %s (%s)".formatted(reason, name));
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of a native call", e);
    }
    return out;
  }

  private static MemorySegment segment(ByteBuffer bytes) {
    return MemorySegment.ofBuffer(bytes);
  }

  private static void set(MemorySegment config, String field, int value) {
    config.set(INT, CONFIG.byteOffset(groupElement("output"), groupElement(field)), value);
  }
}
