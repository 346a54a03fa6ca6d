package io.github.maskalign.vit.image.foreign;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * The TurboJPEG library of libjpeg-turbo. Accurate inverse transform and smooth chroma upsampling,
 * the defaults, so the pixels equal Pillow's, which uses the same code.
 */
public final class TurboJpeg {

  private static final List<String> NAMES =
      List.of("libturbojpeg.so.0", "libturbojpeg.0.dylib", "libturbojpeg.dylib", "turbojpeg.dll");

  // enum TJPF of turbojpeg.h.
  private static final int RGB = 0;
  private static final int GRAY = 6;
  private static final int CMYK = 11;

  /**
   * The warnings of libjpeg after which it decodes a file to its end (jerror.h, the same since
   * 1998). Any other message is an error: the status of the call does not tell them apart, since
   * {@code tjGetErrorCode} says "warning" of an error, too, if a warning preceded it. The message
   * is that of the error then.
   */
  private static final List<String> WARNINGS =
      List.of(
          "Corrupt JPEG data: ",
          "Inconsistent progression sequence",
          "Invalid SOS parameters for sequential JPEG",
          "Unknown Adobe color transform code",
          "Warning: unknown JFIF revision number");

  private static final List<String> OUT_OF_MEMORY =
      List.of("Insufficient memory", "Memory allocation failure");

  private static final int LONGEST_MESSAGE = 512;

  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final String name;
  private final MethodHandle open;
  private final MethodHandle decompress;
  private final MethodHandle errorText;
  private final MethodHandle close;

  private TurboJpeg(NativeLibrary library) throws UnavailableException {
    // C's unsigned long has 32 bits on Windows.
    MemoryLayout size = Linker.nativeLinker().canonicalLayouts().get("long");
    name = library.name();
    open = library.function("tjInitDecompress", FunctionDescriptor.of(ADDRESS));
    MethodHandle exact =
        library.function(
            "tjDecompress2",
            FunctionDescriptor.of(INT, ADDRESS, ADDRESS, size, ADDRESS, INT, INT, INT, INT, INT));
    decompress =
        MethodHandles.explicitCastArguments(exact, exact.type().changeParameterType(2, long.class));
    errorText = library.function("tjGetErrorStr2", FunctionDescriptor.of(ADDRESS, ADDRESS));
    close = library.function("tjDestroy", FunctionDescriptor.of(INT, ADDRESS));
  }

  /**
   * Finds the installed library.
   *
   * @throws UnavailableException with the reason and the remedy
   */
  public static TurboJpeg find() throws UnavailableException {
    return NativeLibrary.bind(
        NAMES, "libturbojpeg0 on Debian and Ubuntu, libjpeg-turbo elsewhere", TurboJpeg::new);
  }

  /** The name of the library's file. */
  public String name() {
    return name;
  }

  /**
   * Decodes a file whose structure has been checked.
   *
   * @param components of the file: 1 gives gray, 3 RGB, 4 CMYK
   * @return pixels {@code [height, width, components]}
   * @throws IOException with a reason that follows the file's name
   */
  public MemorySegment decode(byte[] file, int width, int height, int components, Arena arena)
      throws IOException {
    int format = components == 1 ? GRAY : components == 3 ? RGB : CMYK;
    MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_BYTE, file);
    MemorySegment out = arena.allocate((long) components * width * height);
    try {
      MemorySegment handle = (MemorySegment) open.invokeExact();
      if (handle.address() == 0) {
        throw new OutOfMemoryError("tjInitDecompress");
      }
      try {
        int status =
            (int)
                decompress.invokeExact(handle, in, in.byteSize(), out, width, 0, height, format, 0);
        if (status != 0) {
          checkWarning((MemorySegment) errorText.invokeExact(handle));
        }
      } finally {
        int _ = (int) close.invokeExact(handle);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of a native call", e);
    }
    return out;
  }

  private static void checkWarning(MemorySegment text) throws IOException {
    String message = text.reinterpret(LONGEST_MESSAGE).getString(0);
    if (OUT_OF_MEMORY.stream().anyMatch(message::contains)) {
      throw new OutOfMemoryError(message);
    }
    if (WARNINGS.stream().noneMatch(message::startsWith)) {
      throw new IOException("cannot be decoded: " + message);
    }
  }
}
