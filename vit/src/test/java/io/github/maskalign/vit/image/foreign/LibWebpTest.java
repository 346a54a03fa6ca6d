package io.github.maskalign.vit.image.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LibWebpTest {

  /** What WebPInitDecoderConfigInternal returns for the version of another interface. */
  static int refuse(MemorySegment config, int version) {
    return 0;
  }

  /** So that Java's decoder is used, instead of calling every file damaged. */
  @Test
  void aLibraryWithAnotherInterfaceIsUnavailable() throws Exception {
    MethodHandle refuse =
        MethodHandles.lookup()
            .findStatic(
                LibWebpTest.class,
                "refuse",
                MethodType.methodType(int.class, MemorySegment.class, int.class));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment function =
          Linker.nativeLinker()
              .upcallStub(
                  refuse,
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                  arena);
      NativeLibrary library = new NativeLibrary("libwebp.so.9", _ -> Optional.of(function));
      UnavailableException other =
          assertThrows(UnavailableException.class, () -> new LibWebp(library));
      assertEquals("of another version than 2 of its interface", other.getMessage());
    }
  }
}
