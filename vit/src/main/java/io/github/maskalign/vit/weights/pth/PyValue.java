package io.github.maskalign.vit.weights.pth;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle may hold: plain data. Containers are compared by identity, since those of a hostile
 * file may hold themselves; for the same reason nothing here walks into its content.
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

  /** Values that can be keys of a dict. */
  sealed interface Scalar extends PyValue {}

  /** A string; comparable, so that keys made to share a hash do not make a table slow. */
  record Str(String value) implements Scalar, Comparable<Str> {

    @Override
    public int compareTo(Str other) {
      return value.compareTo(other.value);
    }
  }

  /** An integer of any size. */
  record Int(BigInteger value) implements Scalar {

    /** The integer. */
    static Int of(long value) {
      return new Int(BigInteger.valueOf(value));
    }
  }

  /** A floating point number. */
  record Float(double value) implements Scalar {}

  /** True or False. */
  record Bool(boolean value) implements Scalar {}

  /** None, the only one. */
  enum None implements Scalar {
    /** The value. */
    NONE
  }

  /** A byte string; it may be long, so only its length is shown. */
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

    /** The elements in their order. */
    public List<PyValue> values() {
      return Collections.unmodifiableList(values);
    }

    void add(PyValue value) {
      values.add(value);
    }
  }

  /** A dict, or an OrderedDict. */
  final class Dict implements PyValue {

    private final Map<Scalar, PyValue> entries = new LinkedHashMap<>();

    Dict() {}

    /** The entries in their order. */
    public Map<Scalar, PyValue> entries() {
      return Collections.unmodifiableMap(entries);
    }

    /** The value of a key that is a string, or null. */
    public @Nullable PyValue get(String key) {
      return entries.get(new Str(key));
    }

    void put(Scalar key, PyValue value) {
      entries.put(key, value);
    }
  }

  /** A class or function that the file names, one of the few that are known; never called. */
  record Global(String value) implements PyValue {}

  /** An object of a class that only carries data, such as {@code argparse.Namespace}. */
  final class Instance implements PyValue {

    private final String className;
    private final Sequence arguments;
    private Dict attributes = new Dict();

    Instance(String className, Sequence arguments) {
      this.className = className;
      this.arguments = arguments;
    }

    /** Module and class. */
    public String className() {
      return className;
    }

    /** What it would have been made of, such as the parts of a path. */
    public Sequence arguments() {
      return arguments;
    }

    /** Its attributes by name. */
    public Dict attributes() {
      return attributes;
    }

    /** Shares them: copies would let a short file fill the memory. */
    void share(Dict given) {
      attributes = given;
    }
  }
}
