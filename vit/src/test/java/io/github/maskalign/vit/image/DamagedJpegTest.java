package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.vit.image.PictureDecoder.JpegLibrary;
import io.github.maskalign.vit.image.PictureDecoder.Options;
import io.github.maskalign.vit.image.foreign.TurboJpeg;
import io.github.maskalign.vit.image.foreign.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged JPEG files are refused or decoded alike by both libraries, and as by Pillow. The files
 * and what Pillow does with them are made by {@code make.py} in the resource folder {@code
 * damaged}.
 */
class DamagedJpegTest {
  /** Pillow checks fewer of these, or not at all. */
  private static final List<String> OUR_RULES =
      List.of("is truncated", "claims to be", "is incomplete");

  private final Map<String, PictureDecoder> decoders = new LinkedHashMap<>();

  DamagedJpegTest() {
    Options options = Options.defaults();
    decoders.put("javax.imageio", PictureDecoder.open(options.withJpeg(JpegLibrary.IMAGEIO)));
    try {
      decoders.put("libjpeg-turbo", PictureDecoder.open(options.withJpeg(JpegLibrary.TURBO)));
    } catch (DeviceException e) {
      System.err.println("SKIPPED: damaged JPEG files by libjpeg-turbo: " + e.getMessage());
    }
  }

  @Test
  void bothLibrariesRefuseWhatPillowRefuses() throws IOException {
    List<String> lines =
        new String(resource("verdicts.txt"), StandardCharsets.US_ASCII).lines().toList();
    int refused = 0;
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ");
      byte[] file = resource(words[0] + ".jpg");
      for (String edit : Arrays.asList(words).subList(2, words.length)) {
        file = edited(file, edit);
      }
      List<String> outcomes = new ArrayList<>();
      for (PictureDecoder decoder : decoders.values()) {
        outcomes.add(outcome(decoder, file));
      }
      String outcome = outcomes.getFirst();
      assertTrue(outcomes.stream().allMatch(outcome::equals), line + ": " + outcomes);
      refused += outcome.isEmpty() ? 0 : 1;
      switch (words[1]) {
        case "broken", "truncated" -> assertTrue(!outcome.isEmpty(), line);
        case "decodes" ->
            assertTrue(
                outcome.isEmpty() || OUR_RULES.stream().anyMatch(outcome::contains),
                line + ": " + outcome);
        // Pillow's own parser, which is not that of libjpeg, stopped.
        default -> assertEquals("unidentified", words[1]);
      }
    }
    assertTrue(refused > 500 && refused < lines.size() - 500, refused + " files were refused");
  }

  /** Empty for an image, else the reason for refusal. */
  private static String outcome(PictureDecoder decoder, byte[] file) {
    try {
      Picture picture = decoder.decode(file, "test");
      return picture.area() > 0 ? "" : "empty";
    } catch (DamagedPictureException e) {
      return e.reason();
    }
  }

  private static byte[] edited(byte[] file, String edit) {
    int sign = 0;
    while (Character.isDigit(edit.charAt(sign))) {
      sign++;
    }
    int at = Integer.parseInt(edit.substring(0, sign));
    String rest = edit.substring(sign + 1);
    byte[] added = edit.charAt(sign) == '-' ? new byte[0] : HexFormat.of().parseHex(rest);
    int removed =
        switch (edit.charAt(sign)) {
          case '=' -> added.length;
          case '+' -> 0;
          default -> Integer.parseInt(rest);
        };
    var result = new ByteArrayOutputStream();
    result.write(file, 0, at);
    result.writeBytes(added);
    int from = Math.min(file.length, at + removed);
    result.write(file, from, file.length - from);
    return result.toByteArray();
  }

  /** libjpeg warns of the stray bytes, then stops. Its status mentions the warning only. */
  @Test
  void anErrorAfterAWarningIsAnError() {
    byte[] file = PictureFiles.jpeg(PictureFiles.scene(16, 16, 5), 0.9, false);
    var damaged = new ByteArrayOutputStream();
    int at = 2 + uint16(file, 4) + 2;
    damaged.write(file, 0, at);
    damaged.writeBytes(new byte[] {'a', 'b'});
    while (file[at + 1] == (byte) 0xdb) {
      at += 2 + uint16(file, at + 2);
    }
    damaged.write(file, at, file.length - at);
    assertReason("uses quantization table 0, which it does not define", damaged.toByteArray());
    assertNativeError("Quantization table 0x00 was not defined", damaged.toByteArray());
  }

  /** Also where our own check would miss it. */
  private void assertNativeError(String message, byte[] file) {
    try (Arena arena = Arena.ofConfined()) {
      TurboJpeg library = TurboJpeg.find();
      IOException error =
          assertThrows(IOException.class, () -> library.decode(file, 16, 16, 3, arena));
      assertEquals("cannot be decoded: " + message, error.getMessage());
    } catch (UnavailableException e) {
      assertEquals(1, decoders.size(), e.getMessage());
    }
  }

  private void assertReason(String reason, byte[] file) {
    decoders.forEach(
        (name, decoder) ->
            assertEquals(
                reason,
                assertThrows(DamagedPictureException.class, () -> decoder.decode(file, name), name)
                    .reason()));
  }

  private static int uint16(byte[] file, int at) {
    return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
  }

  /** A frame of Motion JPEG has no Huffman tables. */
  @Test
  void standardHuffmanTablesMayBeMissing() {
    byte[] file = PictureFiles.jpeg(PictureFiles.scene(16, 16, 5), 0.9, false);
    byte[] bare = withoutSegments(file, 0xc4);
    assertTrue(bare.length < file.length);
    decoders.forEach(
        (name, decoder) -> assertEquals(decoder.decode(file, name), decoder.decode(bare, name)));
  }

  @Test
  void aProgressiveFileWithoutTablesIsDamaged() {
    byte[] file = PictureFiles.jpeg(PictureFiles.scene(16, 16, 5), 0.9, true);
    assertReason("uses Huffman table 0, which it does not define", withoutSegments(file, 0xc4));
  }

  /** Some programs give all components the same number. */
  @ParameterizedTest
  @ValueSource(ints = {1, 82})
  void componentsMayHaveTheSameNumber(int number) {
    byte[] file = PictureFiles.jpeg(PictureFiles.scene(16, 16, 5), 0.9, false);
    byte[] same = file.clone();
    int frame = indexOfMarker(file, 0xc0) + 10;
    int scan = indexOfMarker(file, 0xda) + 5;
    for (int i = 0; i < 3; i++) {
      same[frame + 3 * i] = (byte) number;
      same[scan + 2 * i] = (byte) number;
    }
    decoders.forEach(
        (name, decoder) -> assertEquals(decoder.decode(file, name), decoder.decode(same, name)));
  }

  private static int indexOfMarker(byte[] file, int marker) {
    int at = 2;
    while ((file[at + 1] & 0xff) != marker) {
      at += 2 + uint16(file, at + 2);
    }
    return at;
  }

  private static byte[] withoutSegments(byte[] file, int marker) {
    var result = new ByteArrayOutputStream();
    result.write(file, 0, 2);
    int at = 2;
    while (file[at + 1] != (byte) 0xda) {
      int length = 2 + uint16(file, at + 2);
      if ((file[at + 1] & 0xff) != marker) {
        result.write(file, at, length);
      }
      at += length;
    }
    result.write(file, at, file.length - at);
    return result.toByteArray();
  }

  /** Scans of few bytes cost a pass over the whole image each. */
  @ParameterizedTest
  @ValueSource(ints = {64, 2000})
  void scansAreLimitedByTheBytesOfTheFile(int side) {
    byte[] file =
        PictureFiles.jpeg(Picture.of(new byte[3 * side * side], 3, side, side), 0.5, true);
    var repeated = new ByteArrayOutputStream();
    repeated.write(file, 0, file.length - 2);
    byte[] refinement = {(byte) 0xff, (byte) 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0x10};
    for (int i = 0; i < 300; i++) {
      repeated.writeBytes(refinement);
    }
    repeated.write(file, file.length - 2, 2);
    byte[] all = repeated.toByteArray();
    decoders.forEach(
        (name, decoder) -> {
          String reason =
              assertThrows(DamagedPictureException.class, () -> decoder.decode(all, name)).reason();
          assertTrue(reason.matches("has \\d+ scans or more, too many for its \\d+ bytes"), reason);
        });
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            DamagedJpegTest.class.getResourceAsStream("damaged/" + name), name)) {
      return in.readAllBytes();
    }
  }
}
