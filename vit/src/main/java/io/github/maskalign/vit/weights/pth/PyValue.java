package io.github.maskalign.vit.weights.pth;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a pickle: plain data. Containers are compared by identity, since those of a malicious
 * file may contain themselves; for the same reason nothing here traverses its content.
 *
 * @since 0.1.0
 */
public sealed interface PyValue
    permits PyValue.Scalar,
        PyValue.Bytes,
        PyValue.Sequence,
        PyValue.Dict,
        PyValue.Instance,
        PyValue.Global,
        PthTensor,
        PthStorage {

  /** Values that are compared by content. */
  sealed interface Scalar extends PyValue {}

  /** A string; comparable, so that colliding keys do not make a dict slow. */
  record Str(String value) implements Scalar, Comparable<Str> {

    @Override
    public int compareTo(Str other) {
      return value.compareTo(other.value);
    }
  }

  /** An integer of any size. */
  record Int(BigInteger value) implements Scalar {

    /** An integer of a long. */
    static Int of(long value) {
      return new Int(BigInteger.valueOf(value));
    }
  }

  /** A floating-point number. */
  record Float(double value) implements Scalar {}

  /** True or False. */
  record Bool(boolean value) implements Scalar {}

  /** None. */
  enum None implements Scalar {
    /** The value. */
    NONE
  }

  /** A byte string; it may be long, so it is not printed. */
  final class Bytes implements PyValue {

    private final byte[] value;

    Bytes(byte[] value) {
      this.value = value;
    }

    /** A copy of the bytes. */
    public byte[] value() {
      return value.clone();
    }
  }

  /** A list, tuple or set. */
  final class Sequence implements PyValue {

    private final List<PyValue> values;

    Sequence(List<PyValue> values) {
      this.values = new ArrayList<>(values);
    }

    /** The elements in order. */
    public List<PyValue> values() {
      return Collections.unmodifiableList(values);
    }

    void add(PyValue value) {
      values.add(value);
    }
  }

  /** A dict, OrderedDict or Counter. Keys that are not scalars are compared by identity. */
  final class Dict implements PyValue {

    private final Map<PyValue, PyValue> entries = new LinkedHashMap<>();

    Dict() {}

    /** The entries in order. */
    public Map<PyValue, PyValue> entries() {
      return Collections.unmodifiableMap(entries);
    }

    /** The value of a string key, or null. */
    public @Nullable PyValue get(String key) {
      return entries.get(new Str(key));
    }

    void put(PyValue key, PyValue value) {
      entries.put(key, value);
    }
  }

  /** An allowed class or function that the file names; never called. */
  record Global(String value) implements PyValue {}

  /** An object of a class that only has attributes, such as {@code argparse.Namespace}. */
  final class Instance implements PyValue {

    private final String className;
    private final Sequence arguments;
    private Dict attributes = new Dict();

    Instance(String className, Sequence arguments) {
      this.className = className;
      this.arguments = arguments;
    }

    /** The qualified name of the class. */
    public String className() {
      return className;
    }

    /** The constructor arguments, such as the parts of a path. */
    public Sequence arguments() {
      return arguments;
    }

    /** The attributes by name. */
    public Dict attributes() {
      return attributes;
    }

    /** Shares the attributes: copies would let a short file fill the memory. */
    void share(Dict given) {
      attributes = given;
    }
  }
}
