package io.github.maskalign.autograd.optim;

import io.github.maskalign.autograd.GradientSource;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum, {@code mu = momentum * mu + g; p -= rate * mu}, and
 * its layer-wise adaptive form LARS (You et al., arXiv 1708.03888), which decays matrices, {@code g
 * += decay * p}, and rescales their gradients, {@code g *= trust * |p| / |g|}.
 *
 * @since 0.1.0
 */
public final class Sgd implements Optimizer {

  private static final class Slot {
    private final Parameter parameter;
    private final ParameterGroup group;
    private final Tensor momentum;
    private long step;

    private Slot(Scope scope, Parameter parameter, ParameterGroup group) {
      this.parameter = parameter;
      this.group = group;
      Tensor value = parameter.value();
      this.momentum = scope.ops().zeros(value.dtype(), value.shape());
    }
  }

  private final Scope scope;
  private final double momentum;
  private final double trust;
  private final List<Slot> slots = new ArrayList<>();

  private Sgd(Scope scope, List<ParameterGroup> groups, double momentum, double trust) {
    this.scope = scope;
    this.momentum = momentum;
    this.trust = trust;
    for (ParameterGroup group : groups) {
      for (Parameter parameter : group.parameters()) {
        slots.add(new Slot(scope, parameter, group));
      }
    }
  }

  /** Creates plain SGD with momentum; weight decay is added to every gradient. */
  public static Sgd momentum(Scope scope, List<ParameterGroup> groups, double momentum) {
    return new Sgd(scope, groups, momentum, 0);
  }

  /** Creates LARS; tensors of one axis use plain momentum without decay. */
  public static Sgd lars(Scope scope, List<ParameterGroup> groups, double momentum, double trust) {
    return new Sgd(scope, groups, momentum, trust);
  }

  @Override
  public void step(GradientSource gradients, double learningRate, double gradientScale) {
    for (Slot slot : slots) {
      Tensor gradient = gradients.of(slot.parameter.value());
      if (gradient != null) {
        slot.step++;
        try (Scope inner = scope.child("sgd")) {
          update(inner.ops(), slot, gradient, learningRate, gradientScale);
        }
      }
    }
  }

  private void update(Ops ops, Slot slot, Tensor gradient, double rate, double gradientScale) {
    Tensor value = slot.parameter.value();
    Tensor g = ops.affine(gradient, gradientScale, 0);
    boolean adapted = trust > 0 && value.shape().rank() > 1;
    if (adapted || trust == 0) {
      g = ops.add(g, ops.affine(value, slot.group.weightDecay(), 0));
    }
    if (adapted) {
      double ratio = norm(ops, value) / norm(ops, g);
      g = ops.affine(g, ratio > 0 && ratio < Double.POSITIVE_INFINITY ? trust * ratio : 1, 0);
    }
    Tensor moved = ops.add(ops.affine(slot.momentum, momentum, 0), g);
    scope.backend().copy(moved, slot.momentum);
    double scaled = rate * slot.group.rateScale();
    scope.backend().copy(ops.sub(value, ops.affine(moved, scaled, 0)), value);
  }

  private static double norm(Ops ops, Tensor x) {
    return GradientNorm.of(ops.scope(), List.of(x));
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    slots.forEach(slot -> state.put("mu." + slot.parameter.name(), slot.momentum));
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
