package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.image.PictureDecoder.Options;
import io.github.maskalign.vit.image.PictureDecoder.WebpLibrary;
import io.github.maskalign.vit.image.format.WebpFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * WebP by both decoders. The files, and the digests of the pixels that Pillow decodes, are made by
 * {@code make.py} in the resource folder {@code webp}.
 */
class WebpTest {

  private final PictureDecoder java =
      PictureDecoder.open(Options.defaults().withWebp(WebpLibrary.TWELVEMONKEYS));

  private static PictureDecoder libwebp() {
    try {
      return PictureDecoder.open(Options.defaults().withWebp(WebpLibrary.LIBWEBP));
    } catch (DeviceException e) {
      System.err.println("SKIPPED: WebP by libwebp: " + e.getMessage());
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }

  private static List<String> digests() throws IOException {
    List<String> lines =
        new String(resource("digests.txt"), StandardCharsets.US_ASCII).lines().toList();
    return lines.subList(1, lines.size());
  }

  @ParameterizedTest
  @MethodSource("digests")
  void libwebpGivesPillowsPixels(String line) throws IOException {
    String[] words = line.split(" ");
    Picture picture = libwebp().decode(resource(words[0] + ".webp"), words[0]);
    assertEquals(words[1] + " x " + words[2], picture.width() + " x " + picture.height());
    assertEquals(words[3], new Sha256().add(ByteBuffer.wrap(picture.interleaved())).hex());
  }

  @ParameterizedTest
  @MethodSource("digests")
  void javaIsExactForLosslessAndNearForLossy(String line) throws IOException {
    String[] words = line.split(" ");
    Picture picture = java.decode(resource(words[0] + ".webp"), words[0]);
    assertEquals(words[1] + " x " + words[2], picture.width() + " x " + picture.height());
    if (words[0].startsWith("lossless")) {
      assertEquals(words[3], new Sha256().add(ByteBuffer.wrap(picture.interleaved())).hex());
    } else {
      Picture exact = libwebp().decode(resource(words[0] + ".webp"), words[0]);
      assertTrue(Pictures.difference(exact, picture) < 12, line);
    }
  }

  @Test
  void theFirstApproximateImageIsNoticedOnce() throws IOException {
    List<String> notices = new ArrayList<>();
    ImageIoWebp decoder = new ImageIoWebp(() -> notices.add("approximate"));
    decoder.decode(WebpFile.read(resource("lossless.webp")).image());
    assertEquals(List.of(), notices);
    for (int i = 0; i < 2; i++) {
      decoder.decode(WebpFile.read(resource("lossy-75.webp")).image());
    }
    assertEquals(List.of("approximate"), notices);
  }

  @Test
  void aRequestedLibraryIsNotNoticed() throws IOException {
    List<String> notices = new ArrayList<>();
    Options options = Options.defaults().withNotice(notices::add);
    PictureDecoder.open(options.withWebp(WebpLibrary.TWELVEMONKEYS))
        .decode(resource("lossy-75.webp"), "lossy-75.webp");
    assertEquals(List.of(), notices);
  }

  @Test
  void statusesOfLibwebpAreRead() throws IOException {
    byte[] file = resource("lossy-75.webp");
    Arrays.fill(file, 60, file.length, (byte) 0xff);
    file[20 + 3] = 0x55; // the start code of a key frame
    String said =
        assertThrows(DamagedPictureException.class, () -> libwebp().decode(file, "a.webp"))
            .getMessage();
    assertTrue(said.matches("a.webp: cannot be decoded: bitstream error \\(libwebp.*\\)"), said);
  }

  @Test
  void saysWhichLibraryDecodesWebp() {
    String approximate = "WebP by TwelveMonkeys, approximate if lossy";
    assertTrue(java.explanation().contains(approximate), java.explanation());
    String found = PictureDecoder.open().explanation();
    assertTrue(found.contains("WebP by libwebp (") || found.contains(approximate), found);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(WebpTest.class.getResourceAsStream("webp/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
