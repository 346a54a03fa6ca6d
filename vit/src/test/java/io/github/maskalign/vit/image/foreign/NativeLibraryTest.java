package io.github.maskalign.vit.image.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class NativeLibraryTest {

  @Test
  void aMissingLibraryIsNamedWithItsRemedy() {
    UnavailableException missing =
        assertThrows(
            UnavailableException.class,
            () ->
                NativeLibrary.bind(List.of("libnone.so.9", "none.dll"), "libnone9", _ -> "found"));
    assertEquals("it is not installed: install libnone9", missing.getMessage());
  }
}
