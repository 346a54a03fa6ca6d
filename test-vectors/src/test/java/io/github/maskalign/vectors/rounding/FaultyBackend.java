package io.github.maskalign.vectors.rounding;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Another backend with one fault, in one of its calls. */
final class FaultyBackend {

  /** A fault. */
  enum Fault {
    /** A linear layer without its bias. */
    LOST_BIAS,
    /** A linear layer with its square matrix transposed. */
    TRANSPOSED_WEIGHT,
    /** A linear layer that leaves out the last term of its sums. */
    LOST_TERM,
    /** Attention whose first head has a scale that is too large by half. */
    WRONG_SCALE,
    /** The same in the derivative of attention. */
    WRONG_SCALE_IN_GRADIENT,
    /** Attention whose first two heads have each other's values. */
    EXCHANGED_VALUES,
    /** A product of matrices, as in the derivatives, that leaves out the last term. */
    LOST_TERM_IN_PRODUCT
  }

  private final Backend right;
  private final Fault fault;
  private int callsBefore;
  private boolean reached;

  /**
   * Wraps a backend.
   *
   * @param call the number of the call with the fault, from 0, among those that can have it
   */
  FaultyBackend(Backend right, Fault fault, int call) {
    this.right = right;
    this.fault = fault;
    this.callsBefore = call;
  }

  /** Whether the call took place. */
  boolean reached() {
    return reached;
  }

  /** The backend itself. */
  Backend proxy() {
    Class<?>[] types = {Backend.class};
    return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), types, this::invoke);
  }

  private @Nullable Object invoke(Object self, Method method, Object @Nullable [] args)
      throws Throwable {
    try {
      if (args != null && applies(method.getName(), args) && callsBefore-- == 0) {
        reached = true;
        try (Scope scope = Scope.root(right, "fault")) {
          change(scope.eager(), args);
          return method.invoke(right, args);
        }
      }
      return method.invoke(right, args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private boolean applies(String method, Object[] args) {
    return switch (fault) {
      case LOST_BIAS -> method.equals("linear") && args[3] != null;
      case TRANSPOSED_WEIGHT ->
          method.equals("linear") && ((Tensor) args[2]).dim(0) == ((Tensor) args[2]).dim(1);
      case LOST_TERM -> method.equals("linear");
      case WRONG_SCALE, EXCHANGED_VALUES -> method.equals("attention") && heads(args) > 1;
      case WRONG_SCALE_IN_GRADIENT -> method.equals("attentionGrad") && heads(args) > 1;
      case LOST_TERM_IN_PRODUCT -> method.equals("matmul");
    };
  }

  private static int heads(Object[] args) {
    return args[2] instanceof Integer heads ? heads : 0;
  }

  private void change(Eager ops, Object[] args) {
    switch (fault) {
      case LOST_BIAS -> args[3] = null;
      case TRANSPOSED_WEIGHT -> args[2] = ops.contiguous(ops.transpose((Tensor) args[2]));
      case LOST_TERM -> args[2] = withoutLastColumn(ops, (Tensor) args[2]);
      case WRONG_SCALE, WRONG_SCALE_IN_GRADIENT -> {
        Tensor qkv = (Tensor) args[1];
        int head = qkv.dim(2) / 3 / heads(args);
        Tensor queries = ops.affine(columns(ops, qkv, 0, head), 1.5, 0);
        args[1] = ops.concat(List.of(queries, columns(ops, qkv, head, qkv.dim(2))), 2);
      }
      case EXCHANGED_VALUES -> {
        Tensor qkv = (Tensor) args[1];
        int width = qkv.dim(2) / 3;
        int first = 2 * width;
        int second = first + width / heads(args);
        int third = second + width / heads(args);
        args[1] =
            ops.concat(
                List.of(
                    columns(ops, qkv, 0, first),
                    columns(ops, qkv, second, third),
                    columns(ops, qkv, first, second),
                    columns(ops, qkv, third, 3 * width)),
                2);
      }
      case LOST_TERM_IN_PRODUCT -> args[0] = withoutLastColumn(ops, (Tensor) args[0]);
    }
  }

  private static Tensor columns(Eager ops, Tensor x, int from, int to) {
    return ops.slice(x, 2, from, to);
  }

  private static Tensor withoutLastColumn(Eager ops, Tensor x) {
    int axis = x.shape().rank() - 1;
    int columns = x.dim(axis);
    Tensor last = ops.affine(ops.slice(x, axis, columns - 1, columns), 0, 0);
    return ops.concat(List.of(ops.slice(x, axis, 0, columns - 1), last), axis);
  }
}
