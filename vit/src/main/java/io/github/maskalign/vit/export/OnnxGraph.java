package io.github.maskalign.vit.export;

import io.github.maskalign.vit.protobuf.Message;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/**
 * An ONNX graph under construction. Values are identified by name: each operation returns the name
 * of its result. Field numbers are those of onnx.proto3.
 *
 * @see <a href="https://onnx.ai/onnx/operators/">ONNX operators</a>
 */
final class OnnxGraph {

  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_INTS = 7;

  private final Message graph = new Message();
  private int values;

  /** An attribute of an operation. */
  sealed interface Attribute {

    /** An integer. */
    record Int(String name, long value) implements Attribute {}

    /** A list of integers. */
    record Ints(String name, long... values) implements Attribute {}

    /** A float. */
    record Float(String name, float value) implements Attribute {}
  }

  /** The finished graph. */
  Message message(String name) {
    return graph.add(2, name);
  }

  // ---- values ----

  /** Adds an input; a negative size is dynamic and named batch. */
  void input(String name, long... dims) {
    graph.add(11, value(name, dims));
  }

  /** Adds an output with its public name. */
  void output(String value, String name, long... dims) {
    node("Identity", List.of(value), name);
    graph.add(12, value(name, dims));
  }

  private static Message value(String name, long... dims) {
    Message shape = new Message();
    for (long dim : dims) {
      shape.add(1, dim < 0 ? new Message().add(2, "batch") : new Message().add(1, dim));
    }
    Message tensor = new Message().add(1, FLOAT).add(2, shape);
    return new Message().add(1, name).add(2, new Message().add(1, tensor));
  }

  /** Adds an initializer with the values of a parameter. */
  String constant(String name, float[] numbers, long... dims) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[numbers.length * Float.BYTES]);
    ValueLayout.OfFloat little =
        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    MemorySegment.copy(numbers, 0, bytes, little, 0, numbers.length);
    return constant(name, FLOAT, bytes, dims);
  }

  String scalar(double number) {
    return constant(fresh("number"), new float[] {(float) number});
  }

  /** A list of integers, such as a shape. */
  String ints(long... numbers) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[numbers.length * Long.BYTES]);
    ValueLayout.OfLong little = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    MemorySegment.copy(numbers, 0, bytes, little, 0, numbers.length);
    return constant(fresh("numbers"), INT64, bytes, numbers.length);
  }

  /** An integer scalar. */
  private String intScalar(long number) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[Long.BYTES]);
    bytes.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0, number);
    return constant(fresh("number"), INT64, bytes);
  }

  private String constant(String name, int type, MemorySegment bytes, long... dims) {
    Message tensor = new Message();
    for (long dim : dims) {
      tensor.add(1, dim);
    }
    graph.add(5, tensor.add(2, type).add(8, name).add(9, bytes));
    return name;
  }

  private String fresh(String what) {
    return what + "_" + values++;
  }

  // ---- operations ----

  String apply(String operator, List<String> inputs, Attribute... attributes) {
    String result = fresh(operator);
    node(operator, inputs, result, attributes);
    return result;
  }

  private void node(String operator, List<String> inputs, String output, Attribute... attributes) {
    Message node = new Message();
    inputs.forEach(input -> node.add(1, input));
    node.add(2, output).add(3, "node_" + output).add(4, operator);
    for (Attribute attribute : attributes) {
      node.add(5, encoded(attribute));
    }
    graph.add(1, node);
  }

  private static Message encoded(Attribute attribute) {
    return switch (attribute) {
      case Attribute.Int(String name, long value) ->
          new Message().add(1, name).add(3, value).add(20, ATTRIBUTE_INT);
      case Attribute.Float(String name, float value) ->
          new Message().add(1, name).add(2, value).add(20, ATTRIBUTE_FLOAT);
      case Attribute.Ints(String name, long[] all) -> {
        Message message = new Message().add(1, name);
        for (long value : all) {
          message.add(8, value);
        }
        yield message.add(20, ATTRIBUTE_INTS);
      }
    };
  }

  String add(String a, String b) {
    return apply("Add", List.of(a, b));
  }

  String mul(String a, String b) {
    return apply("Mul", List.of(a, b));
  }

  String matmul(String a, String b) {
    return apply("MatMul", List.of(a, b));
  }

  /** A size of 0 keeps the axis, -1 is inferred. */
  String reshape(String x, long... dims) {
    return apply("Reshape", List.of(x, ints(dims)));
  }

  String transpose(String x, long... axes) {
    return apply("Transpose", List.of(x), new Attribute.Ints("perm", axes));
  }

  String concat(int axis, String... parts) {
    return apply("Concat", List.of(parts), new Attribute.Int("axis", axis));
  }

  String slice(String x, int axis, long from, long to) {
    return apply("Slice", List.of(x, ints(from), ints(to), ints(axis)));
  }

  /** Selects one index of an axis and drops the axis. */
  String gather(String x, int axis, long index) {
    return apply("Gather", List.of(x, intScalar(index)), new Attribute.Int("axis", axis));
  }
}
