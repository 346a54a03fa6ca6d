package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101). One call on the
 * backend updates all parameters.
 *
 * @since 0.1.0
 */
public final class AdamW implements Optimizer {

  private record Moments(Tensor mean, Tensor square) {}

  /** The state of one parameter. */
  private static final class Slot {
    private final Parameter parameter;
    private final ParameterGroup group;
    private @Nullable Moments moments;
    private long step;

    private Slot(Parameter parameter, ParameterGroup group) {
      this.parameter = parameter;
      this.group = group;
    }

    /** Creates the moments before the first update; an unused parameter takes no memory. */
    private Moments moments(Scope scope) {
      if (moments == null) {
        Tensor value = parameter.value();
        moments =
            new Moments(
                scope.ops().zeros(value.dtype(), value.shape()),
                scope.ops().zeros(value.dtype(), value.shape()));
      }
      return moments;
    }
  }

  /**
   * Decay rates of the moments, and the term for numerical stability.
   *
   * @param beta1 decay rate of the first moment
   * @param beta2 decay rate of the second moment
   * @param eps added to the square root of the second moment
   */
  public record Betas(double beta1, double beta2, double eps) {

    private static final double DEFAULT_EPS = 1e-8;

    /** 0.9, 0.95, 1e-8: the pre-training recipe. */
    public static final Betas PRETRAIN = new Betas(0.9, 0.95);

    /** 0.9, 0.999, 1e-8: the default of Adam. */
    public static final Betas DEFAULT = new Betas(0.9, 0.999);

    /** Checks the values: a decay rate of 1 divides by zero. */
    public Betas {
      if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && eps > 0)) {
        throw new ArgumentException(
            "AdamW: beta1 %s, beta2 %s, eps %s: the betas must be at least 0 and below 1, eps above 0"
                .formatted(beta1, beta2, eps));
      }
    }

    /** Decay rates with an eps of 1e-8. */
    public Betas(double beta1, double beta2) {
      this(beta1, beta2, DEFAULT_EPS);
    }
  }

  private final Scope scope;
  private final Betas betas;
  private final List<Slot> slots = new ArrayList<>();

  /**
   * Creates an optimizer with zero moments. {@code scope} owns them; they are allocated when a
   * parameter has its first gradient or {@link #state} is called.
   */
  public AdamW(Scope scope, List<ParameterGroup> groups, Betas betas) {
    this.scope = scope;
    this.betas = betas;
    for (ParameterGroup group : groups) {
      for (Parameter parameter : group.parameters()) {
        slots.add(new Slot(parameter, group));
      }
    }
  }

  @Override
  public void step(GradientSource gradients, double learningRate, double gradientScale) {
    List<AdamWSlot> ready = new ArrayList<>(slots.size());
    for (Slot slot : slots) {
      Tensor gradient = gradients.of(slot.parameter.value());
      if (gradient != null) {
        slot.step++;
        Moments moments = slot.moments(scope);
        ready.add(
            new AdamWSlot(
                slot.parameter.value(),
                gradient,
                moments.mean,
                moments.square,
                learningRate * slot.group.rateScale(),
                slot.group.weightDecay(),
                slot.step));
      }
    }
    AdamWSettings settings = new AdamWSettings(betas.beta1, betas.beta2, betas.eps, gradientScale);
    scope.backend().adamW(scope.eager(), ready, settings);
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (Slot slot : slots) {
      Moments moments = slot.moments(scope);
      state.put("exp_avg." + slot.parameter.name(), moments.mean);
      state.put("exp_avg_sq." + slot.parameter.name(), moments.square);
    }
    return state;
  }

  @Override
  public Map<String, Long> steps() {
    Map<String, Long> steps = new LinkedHashMap<>();
    slots.forEach(slot -> steps.put(slot.parameter.name(), slot.step));
    return steps;
  }

  @Override
  public void restoreSteps(Map<String, Long> steps) {
    slots.forEach(slot -> slot.step = steps.getOrDefault(slot.parameter.name(), 0L));
  }
}
