package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

/**
 * Orientations in metadata are those that Pillow reads. The metadata are made by {@code make.py} in
 * the resource folder {@code orientation}.
 */
class OrientationTest {

  private static final Picture SCENE = PictureFiles.scene(8, 16, 1);

  private final PictureDecoder decoder = PictureDecoder.open();

  @Test
  void orientationsAreThoseOfPillow() throws IOException {
    for (String line : lines()) {
      String[] words = line.split(" ");
      List<byte[]> pieces =
          Arrays.stream(words)
              .skip(2)
              .map(word -> word.equals("-") ? new byte[0] : HexFormat.of().parseHex(word))
              .toList();
      byte[] file =
          switch (words[0]) {
            case "jpeg" -> jpeg(pieces);
            case "png" -> png(pieces);
            default -> webp(pieces);
          };
      Orientation found = decoder.header(file, line).orientation();
      assertEquals(Orientation.values()[Integer.parseInt(words[1]) - 1], found, line);
      decoder.decode(file, line);
    }
  }

  private static List<String> lines() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            OrientationTest.class.getResourceAsStream("orientation/orientations.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return text.lines().skip(1).toList();
    }
  }

  private static byte[] jpeg(List<byte[]> segments) {
    byte[] file = PictureFiles.jpeg(SCENE, 0.9, false);
    for (byte[] segment : segments.reversed()) {
      file = PictureFiles.withSegment(file, 0xe1, segment);
    }
    return file;
  }

  private static byte[] png(List<byte[]> chunks) {
    byte[] file = PictureFiles.png(SCENE);
    int header = 33;
    int end = file.length - 12;
    var result = new ByteArrayOutputStream();
    result.write(file, 0, header);
    chunks.stream().filter(chunk -> chunk[0] != '-').forEach(chunk -> writeChunk(chunk, result));
    result.write(file, header, end - header);
    chunks.stream()
        .filter(chunk -> chunk[0] == '-')
        .forEach(chunk -> writeChunk(Arrays.copyOfRange(chunk, 1, chunk.length), result));
    result.write(file, end, 12);
    return result.toByteArray();
  }

  private static void writeChunk(byte[] typeAndData, ByteArrayOutputStream out) {
    var sum = new CRC32();
    sum.update(typeAndData);
    out.writeBytes(ByteBuffer.allocate(4).putInt(typeAndData.length - 4).array());
    out.writeBytes(typeAndData);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
  }

  private static byte[] webp(List<byte[]> pieces) {
    byte[] image = PictureFiles.WEBP_LOSSLESS;
    var body = new ByteArrayOutputStream();
    body.writeBytes("WEBP".getBytes(StandardCharsets.US_ASCII));
    byte[] extended = {'V', 'P', '8', 'X', pieces.getFirst()[0], 0, 0, 0, 15, 0, 0, 7, 0, 0};
    writeRiff(extended, body);
    body.write(image, 12, image.length - 12);
    for (byte[] piece : pieces) {
      writeRiff(Arrays.copyOfRange(piece, 1, piece.length), body);
    }
    var file = new ByteArrayOutputStream();
    writeRiff(concat("RIFF", body.toByteArray()), file);
    return file.toByteArray();
  }

  private static byte[] concat(String letters, byte[] data) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(letters.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(data);
    return all.toByteArray();
  }

  private static void writeRiff(byte[] typeAndData, ByteArrayOutputStream out) {
    int length = typeAndData.length - 4;
    out.write(typeAndData, 0, 4);
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array());
    out.write(typeAndData, 4, length);
    if ((length & 1) == 1) {
      out.write(0);
    }
  }
}
