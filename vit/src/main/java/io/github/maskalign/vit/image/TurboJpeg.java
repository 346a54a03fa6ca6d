package io.github.maskalign.vit.image;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.List;

/**
 * Decodes JPEG with the TurboJPEG library of libjpeg-turbo, called through java.lang.foreign.
 * Accurate inverse transform and smooth chroma upsampling, the defaults, so the pixels equal
 * Pillow's, which uses the same code.
 */
final class TurboJpeg implements JpegDecoder {

  private static final List<String> NAMES =
      List.of("libturbojpeg.so.0", "libturbojpeg.0.dylib", "libturbojpeg.dylib", "turbojpeg.dll");

  // enum TJPF and enum TJERR of turbojpeg.h.
  private static final int RGB = 0;
  private static final int GRAY = 6;
  private static final int CMYK = 11;
  private static final int FATAL = 1;

  private static final int LONGEST_MESSAGE = 512;

  private static final AddressLayout ADDRESS = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final String name;
  private final MethodHandle open;
  private final MethodHandle decompress;
  private final MethodHandle errorCode;
  private final MethodHandle errorText;
  private final MethodHandle close;

  private TurboJpeg(String name, SymbolLookup library) throws UnavailableException {
    // C's unsigned long has 32 bits on Windows.
    MemoryLayout size = Linker.nativeLinker().canonicalLayouts().get("long");
    this.name = name;
    open = function(library, "tjInitDecompress", FunctionDescriptor.of(ADDRESS));
    MethodHandle exact =
        function(
            library,
            "tjDecompress2",
            FunctionDescriptor.of(INT, ADDRESS, ADDRESS, size, ADDRESS, INT, INT, INT, INT, INT));
    decompress =
        MethodHandles.explicitCastArguments(exact, exact.type().changeParameterType(2, long.class));
    errorCode = function(library, "tjGetErrorCode", FunctionDescriptor.of(INT, ADDRESS));
    errorText = function(library, "tjGetErrorStr2", FunctionDescriptor.of(ADDRESS, ADDRESS));
    close = function(library, "tjDestroy", FunctionDescriptor.of(INT, ADDRESS));
  }

  /**
   * Finds the installed library.
   *
   * @throws UnavailableException with the reason and the remedy
   */
  static TurboJpeg find() throws UnavailableException {
    for (String name : NAMES) {
      try {
        return new TurboJpeg(name, SymbolLookup.libraryLookup(name, Arena.global()));
      } catch (IllegalCallerException e) {
        throw new UnavailableException(
            "native access is disabled: run with --enable-native-access=ALL-UNNAMED");
      } catch (IllegalArgumentException | UnavailableException e) {
        continue;
      }
    }
    throw new UnavailableException(
        "it is not installed: install libturbojpeg0 on Debian and Ubuntu, libjpeg-turbo elsewhere");
  }

  /** The reason why the library is not available. */
  static final class UnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnavailableException(String reason) {
      super(reason);
    }
  }

  private static MethodHandle function(
      SymbolLookup library, String name, FunctionDescriptor descriptor)
      throws UnavailableException {
    MemorySegment symbol =
        library
            .find(name)
            .orElseThrow(() -> new UnavailableException("too old: it lacks the function " + name));
    return Linker.nativeLinker().downcallHandle(symbol, descriptor);
  }

  @Override
  public String description() {
    return "libjpeg-turbo (" + name + ")";
  }

  @Override
  public Picture decode(byte[] file, JpegHeader header) throws IOException {
    int width = header.picture().width();
    int height = header.picture().height();
    int channels = header.components();
    int format = channels == 1 ? GRAY : channels == Picture.RGB ? RGB : CMYK;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_BYTE, file);
      MemorySegment out = arena.allocate((long) channels * width * height);
      decompress(in, out, width, height, format);
      return switch (channels) {
        case 1 -> Picture.of(out.toArray(ValueLayout.JAVA_BYTE), 1, height, width);
        case Picture.RGB -> Picture.ofInterleaved(out, Picture.RGB, height, width);
        default -> {
          byte[] inks = out.toArray(ValueLayout.JAVA_BYTE);
          byte[] planes = JpegColors.ofInks(inks, width * height, header.adobe());
          yield Picture.of(planes, Picture.RGB, height, width);
        }
      };
    }
  }

  private void decompress(MemorySegment in, MemorySegment out, int width, int height, int format)
      throws IOException {
    MemorySegment handle = MemorySegment.NULL;
    try {
      handle = (MemorySegment) open.invokeExact();
      int failed =
          (int) decompress.invokeExact(handle, in, in.byteSize(), out, width, 0, height, format, 0);
      if (failed != 0 && (int) errorCode.invokeExact(handle) == FATAL) {
        MemorySegment text = (MemorySegment) errorText.invokeExact(handle);
        throw new IOException(
            "cannot be decoded: " + text.reinterpret(LONGEST_MESSAGE).getString(0));
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of a native call", e);
    } finally {
      close(handle);
    }
  }

  private void close(MemorySegment handle) {
    try {
      int _ = handle.address() == 0 ? 0 : (int) close.invokeExact(handle);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("unexpected exception of a native call", e);
    }
  }
}
