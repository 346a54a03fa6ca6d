package io.github.maskalign.autograd.nn;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ArraySize;
import io.github.maskalign.tensor.random.Philox;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a model by name, in order of creation. Layers create their parameters through a
 * {@link Path}. The initial values of a parameter depend only on the seed and its name.
 *
 * @since 0.1.0
 */
public final class Parameters {

  /** Smaller parameters do not justify a mapping. */
  private static final int LAZY_BYTES = 1 << 16;

  private final Scope scope;
  private final DType dtype;
  private final Philox random;
  private final Filling filling;
  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();

  /** The initial content of trainable parameters. */
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

  /** Creates parameters with their initial values. */
  public static Parameters initialized(Scope scope, DType dtype, long seed) {
    return new Parameters(scope, dtype, Philox.of(seed).stream("parameters"), Filling.FIRST_VALUES);
  }

  /** Creates parameters of zeros, to be loaded from a file; fixed ones are initialized. */
  public static Parameters uninitialized(Scope scope, DType dtype) {
    return new Parameters(scope, dtype, Philox.of(0), Filling.ZEROS);
  }

  /**
   * Like {@link #uninitialized}, for inference: large parameters may stay in their file until first
   * use, see {@link Scope#lazy}.
   */
  public static Parameters lazy(Scope scope, DType dtype) {
    return new Parameters(scope, dtype, Philox.of(0), Filling.ZEROS_UNTIL_LOADED);
  }

  /** The root of the names. */
  public Path root() {
    return new Path("");
  }

  /** The scope that owns the values. */
  public Scope scope() {
    return scope;
  }

  /** All parameters in order of creation. */
  public Collection<Parameter> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** The parameters to train. */
  public Collection<Parameter> trainable() {
    return byName.values().stream().filter(Parameter::trainable).toList();
  }

  /** The values of the parameters to train, for a tape to watch. */
  public Iterable<Tensor> trainableValues() {
    return trainable().stream().map(Parameter::value).toList();
  }

  /** Returns the parameter of a name, or null. */
  public @Nullable Parameter get(String name) {
    return byName.get(name);
  }

  /** Metadata of the models, for the files in which their parameters are saved. */
  public Map<String, String> notes() {
    return Collections.unmodifiableMap(notes);
  }

  /** Number of trainable values. */
  public long trainableSize() {
    return trainable().stream().mapToLong(p -> p.value().size()).sum();
  }

  /** Marks all values as immutable, see {@link io.github.maskalign.tensor.Storage#freeze}. */
  public void freeze() {
    all().forEach(parameter -> parameter.value().storage().freeze());
  }

  /** A prefix of parameter names. */
  public final class Path {

    private final String prefix;

    private Path(String prefix) {
      this.prefix = prefix;
    }

    /** Returns the prefix extended by a name. */
    public Path at(Object name) {
      return new Path(prefix + name + ".");
    }

    /** Adds metadata of the model at this prefix, such as its shape. */
    public void note(String key, String text) {
      notes.put(prefix + key, text);
    }

    /** Creates a trainable parameter. */
    public Tensor add(String name, Init init, int... dims) {
      return add(name, init, true, dims);
    }

    /** Creates a parameter that is not trained, such as a fixed position table. */
    public Tensor addFixed(String name, Init init, int... dims) {
      return add(name, init, false, dims);
    }

    /** Creates a tensor that follows from the configuration and is not saved in files. */
    public Tensor constant(float[] values, int... dims) {
      return converted(scope.ops().of(values, dims));
    }

    private Tensor add(String local, Init init, boolean trainable, int... dims) {
      String name = prefix + local;
      if (byName.containsKey(name)) {
        throw new ArgumentException("duplicate parameter '" + name + "'");
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
      String what = "parameter " + name + " " + shape + ", choose a smaller network or image size";
      float[] values = new float[ArraySize.of(what, shape.size())];
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
