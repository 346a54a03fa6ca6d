package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.ArgumentException;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.random.Philox;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model by name, in the order of their creation. Layers create theirs through a
 * {@link Path}; the first values of a parameter depend on the seed and its name only.
 *
 * @since 0.1.0
 */
public final class Parameters {

  /** Smaller ones are not worth a mapping of their own. */
  private static final int LAZY_BYTES = 1 << 16;

  private final Scope scope;
  private final DType dtype;
  private final Philox random;
  private final Filling filling;
  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();

  /** What trainable parameters hold at first. */
  private enum Filling {
    FIRST_VALUES,
    ZEROS,
    ZEROS_UNTIL_LOADED
  }

  private Parameters(Scope scope, DType dtype, Philox random, Filling filling) {
    this.scope = scope;
    this.dtype = dtype;
    this.random = random;
    this.filling = filling;
  }

  /** Parameters with random first values. */
  public static Parameters initialized(Scope scope, DType dtype, long seed) {
    return new Parameters(scope, dtype, Philox.of(seed).stream("parameters"), Filling.FIRST_VALUES);
  }

  /** Zero parameters, to be loaded from a file; only fixed ones get their first values. */
  public static Parameters uninitialized(Scope scope, DType dtype) {
    return new Parameters(scope, dtype, Philox.of(0), Filling.ZEROS);
  }

  /**
   * Like {@link #uninitialized}, for a network that is not trained: its large parameters may stay
   * in their file until they are first used, see {@link Scope#lazy}.
   */
  public static Parameters lazy(Scope scope, DType dtype) {
    return new Parameters(scope, dtype, Philox.of(0), Filling.ZEROS_UNTIL_LOADED);
  }

  /** The root of all names. */
  public Path root() {
    return new Path("");
  }

  /** Owns the values. */
  public Scope scope() {
    return scope;
  }

  /** All parameters in the order of their creation. */
  public Collection<Parameter> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** The parameters that get gradients. */
  public Collection<Parameter> trainable() {
    return byName.values().stream().filter(Parameter::trainable).toList();
  }

  /** The values of the parameters that get gradients, for a tape to watch. */
  public Iterable<Tensor> trainableValues() {
    return trainable().stream().map(Parameter::value).toList();
  }

  /** The parameter of a name, or null. */
  public @Nullable Parameter get(String name) {
    return byName.get(name);
  }

  /** What models say of themselves, for the files that their parameters are saved in. */
  public Map<String, String> notes() {
    return Collections.unmodifiableMap(notes);
  }

  /** Number of trainable values. */
  public long trainableSize() {
    return trainable().stream().mapToLong(p -> p.value().size()).sum();
  }

  /**
   * Promises that no value changes any more, see {@link io.github.maskalign.tensor.Storage#freeze}.
   */
  public void freeze() {
    all().forEach(parameter -> parameter.value().storage().freeze());
  }

  /** A place in the tree of names. */
  public final class Path {

    private final String prefix;

    private Path(String prefix) {
      this.prefix = prefix;
    }

    /** A place below this one. */
    public Path at(Object name) {
      return new Path(prefix + name + ".");
    }

    /** Says something of the model at this place, such as its shape. */
    public void note(String key, String text) {
      notes.put(prefix + key, text);
    }

    /** Creates a parameter that gets gradients. */
    public Tensor add(String name, Init init, int... dims) {
      return add(name, init, true, dims);
    }

    /** Creates a parameter that keeps its first values, such as a fixed position table. */
    public Tensor addFixed(String name, Init init, int... dims) {
      return add(name, init, false, dims);
    }

    /** A tensor that is no parameter: it follows from the configuration, so no file has it. */
    public Tensor constant(float[] values, int... dims) {
      return converted(scope.ops().of(values, dims));
    }

    private Tensor add(String local, Init init, boolean trainable, int... dims) {
      String name = prefix + local;
      if (byName.containsKey(name)) {
        throw new ArgumentException("parameter '" + name + "' exists already");
      }
      Shape shape = Shape.of(dims);
      Tensor value =
          trainable && filling != Filling.FIRST_VALUES ? zeros(shape) : value(name, init, shape);
      byName.put(name, new Parameter(name, value, trainable));
      return value;
    }

    private Tensor zeros(Shape shape) {
      boolean lazy =
          filling == Filling.ZEROS_UNTIL_LOADED && shape.size() * dtype.bytes() >= LAZY_BYTES;
      return lazy ? scope.lazy(dtype, shape) : scope.ops().zeros(dtype, shape);
    }

    private Tensor value(String name, Init init, Shape shape) {
      float[] values = new float[Math.toIntExact(shape.size())];
      init.fill(values, shape, random.stream(name));
      return converted(scope.ops().of(values, shape.dims()));
    }

    private Tensor converted(Tensor value) {
      if (dtype == DType.F32) {
        return value;
      }
      Tensor converted = scope.ops().cast(value, dtype);
      scope.release(value);
      return converted;
    }
  }
}
