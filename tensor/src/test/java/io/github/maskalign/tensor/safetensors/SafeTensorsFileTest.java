package io.github.maskalign.tensor.safetensors;

import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.entry;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.file;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.save;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsFileTest {

  @TempDir Path directory;

  @Test
  void readsNamesInTheOrderOfTheDataAndMetadata() {
    String header =
        "{%s,\"__metadata__\":{\"format\":\"pt\",\"note\":\"\\u00fc\"},%s,%s}"
            .formatted(
                entry("b", "F32", "[2,2]", "[8,24]"),
                entry("scalar", "I64", "[]", "[0,8]"),
                entry("empty", "U8", "[3,0]", "[24,24]"));
    try (SafeTensorsFile tensors = open(file(header, 24))) {
      assertEquals(List.of("scalar", "b", "empty"), tensors.names());
      assertEquals(Map.of("format", "pt", "note", "ü"), tensors.metadata());
      assertTrue(tensors.contains("b"));
      assertFalse(tensors.contains("c"));
      SafeTensorsFile.Entry b = tensors.entry("b");
      assertEquals(new SafeTensorsFile.Entry("b", SafeDType.F32, List.of(2L, 2L), 8, 16), b);
      assertEquals(Shape.of(2, 2), b.shape());
      assertEquals(DType.F32, b.tensorDType());
      assertEquals(Shape.of(), tensors.entry("scalar").shape());
      assertEquals(1, tensors.entry("scalar").elements());
      assertEquals(0, tensors.segment("empty").byteSize());
    }
  }

  @Test
  void acceptsWhatTheFormatAllows() {
    open(file("{}", 0)).close();
    open(file("{\"__metadata__\":{}} \n\t\r  ", 0)).close();
    open(file("{" + entry("", "U8", "[ 1 ]", "[0 , 1]") + "}", 1)).close();
    open(file("{\"x\":{\"data_offsets\":[0,1],\"shape\":[1],\"dtype\":\"BOOL\"}}", 1)).close();
    open(file("{\"__metadata__\":null}", 0)).close();
    String more = "{\"dtype\":\"U8\",\"x\":[{}],\"shape\":[1],\"data_offsets\":[0,1]}";
    open(file("{\"x\":" + more + "}", 1)).close();
    open(file("{" + entry("none", "F4", "[0]", "[0,0]") + "}", 0)).close();
    String empty = entry("empty", "U8", "[0]", "[0,0]");
    open(file("{" + entry("x", "U8", "[1]", "[0,1]") + "," + empty + "}", 1)).close();
    open(file("{" + entry("hollow", "F64", "[0,9223372036854775807]", "[0,0]") + "}", 0)).close();
  }

  @Test
  void readsEveryElementType() {
    for (SafeDType dtype : SafeDType.values()) {
      int bytes = 4 * dtype.bits() / 8;
      String header = "{" + entry("x", dtype.name(), "[4]", "[0," + bytes + "]") + "}";
      try (SafeTensorsFile tensors = open(file(header, bytes))) {
        SafeTensorsFile.Entry x = tensors.entry("x");
        assertEquals(dtype, x.dtype());
        assertEquals(4, x.elements());
        if (dtype.dtype().isPresent()) {
          assertEquals(dtype, SafeDType.of(x.tensorDType()));
          assertEquals(dtype.bytes(), x.tensorDType().bytes());
        } else {
          String message = assertThrows(DTypeException.class, x::tensorDType).getMessage();
          assertTrue(message.contains("'x'") && message.contains(dtype.name()), message);
        }
      }
    }
    for (DType dtype : DType.values()) {
      assertEquals(dtype, SafeDType.of(dtype).dtype().orElseThrow());
    }
  }

  @Test
  void widensToFloatExactly() {
    String header =
        "{%s,%s,%s,%s }"
            .formatted(
                entry("f32", "F32", "[1]", "[0,4]"),
                entry("f16", "F16", "[2]", "[4,8]"),
                entry("bf16", "BF16", "[2]", "[8,12]"),
                entry("i32", "I32", "[1]", "[12,16]"));
    byte[] bytes = file(header, 16);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(bytes.length - 16)
        .putFloat(0.1f)
        .putShort(Float.floatToFloat16(-1.5f))
        .putShort((short) 0x0001)
        .putShort((short) 0x3fc0)
        .putShort((short) 0xff80);
    try (SafeTensorsFile tensors = open(bytes)) {
      assertArrayEquals(new float[] {0.1f}, tensors.floats("f32"));
      assertArrayEquals(new float[] {-1.5f, 0x1p-24f}, tensors.floats("f16"));
      assertArrayEquals(new float[] {1.5f, Float.NEGATIVE_INFINITY}, tensors.floats("bf16"));
      assertThrows(DTypeException.class, () -> tensors.floats("i32"));
    }
  }

  @Test
  void namesTheFileAndTheMissingTensor() {
    try (SafeTensorsFile tensors = open(file("{}", 0))) {
      String message =
          assertThrows(FormatException.class, () -> tensors.segment("head\nbias")).getMessage();
      assertTrue(message.contains("model.safetensors") && message.contains("'head?bias'"), message);
    }
  }

  @Test
  void segmentsAreReadOnlyAndEndWithTheFile() {
    SafeTensorsFile tensors = open(file("{" + entry("x", "U8", "[1]", "[0,1]") + "}", 1));
    MemorySegment segment = tensors.segment("x");
    assertTrue(segment.isReadOnly());
    tensors.close();
    tensors.close();
    assertThrows(ClosedException.class, () -> tensors.segment("x"));
    assertThrows(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void whatIsNoFileIsRefused() {
    Path missing = directory.resolve("missing.safetensors");
    String message =
        assertThrows(UncheckedIOException.class, () -> SafeTensorsFile.open(missing)).getMessage();
    assertTrue(message.contains("missing.safetensors"), message);
    assertThrows(FormatException.class, () -> SafeTensorsFile.open(directory));
  }

  @Test
  void axesBeyondAnIntAreReadButNotShapes() {
    String header = "{" + entry("x", "U8", "[0,4294967296]", "[0,0]") + "}";
    try (SafeTensorsFile tensors = open(file(header, 0))) {
      SafeTensorsFile.Entry x = tensors.entry("x");
      assertEquals(List.of(0L, 1L << 32), x.dims());
      assertThrows(ShapeException.class, x::shape);
    }
  }

  /** A sparse file: three GiB on paper, a few blocks on disk. */
  @Test
  void readsBeyondTwoGibibytes() throws IOException {
    long far = 3L << 30;
    String header =
        "{%s,%s}"
            .formatted(
                entry("far", "U8", "[1]", "[" + far + "," + (far + 1) + "]"),
                entry("big", "F32", "[3,268435456]", "[0," + far + "]"));
    Path path = save(directory, file(header, 0));
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {42}), channel.size() + far);
    }
    try (SafeTensorsFile tensors = SafeTensorsFile.open(path)) {
      assertEquals(far, tensors.segment("big").byteSize());
      assertEquals(0, tensors.segment("big").get(ValueLayout.JAVA_BYTE, far - 1));
      assertEquals(42, tensors.segment("far").get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  private SafeTensorsFile open(byte[] bytes) {
    return SafeTensorsFile.open(save(directory, bytes));
  }
}
