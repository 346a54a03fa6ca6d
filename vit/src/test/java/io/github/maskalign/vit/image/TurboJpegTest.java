package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.Options;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requires libturbojpeg0, which .ci/run installs; skipped with a message without it. */
class TurboJpegTest {

  private static PictureDecoder turbo;
  private static PictureDecoder imageIo;

  @BeforeAll
  static void open() {
    imageIo = PictureDecoder.open(Options.defaults().withJpeg(JpegLibrary.IMAGEIO));
    try {
      turbo = PictureDecoder.open(Options.defaults().withJpeg(JpegLibrary.TURBO));
    } catch (DeviceException e) {
      System.err.println("SKIPPED: TurboJpegTest: " + e.getMessage());
      assumeTrue(false, e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,0.9,false", "37,53,0.3,false", "64,48,0.75,true", "375,500,0.9,false"})
  void decodesWhatImageIoDecodes(int height, int width, double quality, boolean progressive) {
    byte[] file = PictureFiles.jpeg(PictureFiles.scene(height, width, 3), quality, progressive);
    // Both descend from the same code of the Independent JPEG Group.
    assertEquals(imageIo.decode(file, "test"), turbo.decode(file, "test"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void decodesGrayAndInks(int components) {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 20, 30, components, null);
    Picture scene = PictureFiles.scene(30, 20, 4);
    for (int i = 0; i < 20 * 30 * components; i++) {
      int band = i % components;
      int at = i / components;
      raster.setSample(at % 20, at / 20, band, scene.at(band % 3, at / 20, at % 20));
    }
    byte[] file = PictureFiles.jpeg(raster, 0.9);
    assertEquals(imageIo.decode(file, "test"), turbo.decode(file, "test"));
    if (components == 4) {
      for (int transform = 0; transform <= 2; transform += 2) {
        byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        byte[] marked = PictureFiles.withSegment(file, 0xee, adobe);
        assertEquals(imageIo.decode(marked, "test"), turbo.decode(marked, "test"));
      }
    }
  }

  @Test
  void saysWhatIsWrong() {
    byte[] file = PictureFiles.jpeg(PictureFiles.scene(30, 20, 4), 0.5, false);
    for (int i = 2; i < file.length - 1; i++) {
      if (file[i] == (byte) 0xff && file[i + 1] == (byte) 0xdb) {
        file[i + 1] = (byte) 0xfe;
      }
    }
    String said =
        assertThrows(DamagedPictureException.class, () -> turbo.decode(file, "a.jpg")).getMessage();
    assertEquals("a.jpg: uses quantization table 0, which it does not define", said);
    assertTrue(turbo.explanation().startsWith("JPEG by libjpeg-turbo (libturbojpeg"));
  }
}
