package io.github.maskalign.vectors.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.autograd.optim.GradientNorm;
import io.github.maskalign.autograd.optim.Optimizer;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.autograd.optim.Sgd;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.Checks;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.LayerDecay;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** Optimizers, clipping and learning rates. */
final class OptimKinds {

  /** The scales in the manifest are products of doubles. */
  private static final double SCALE_ERROR = 1e-12;

  private OptimKinds() {}

  static void adamW(VectorCase given) {
    AdamW.Betas betas =
        new AdamW.Betas(given.real("beta1"), given.real("beta2"), given.real("eps"));
    Optimizer optimizer = steps(given, (scope, groups) -> new AdamW(scope, groups, betas));
    state(given, optimizer, "exp_avg.", "exp_avg_");
    state(given, optimizer, "exp_avg_sq.", "exp_avg_sq_");
  }

  static void lars(VectorCase given) {
    double momentum = given.real("momentum");
    double trust = given.real("trust");
    Optimizer optimizer = steps(given, (scope, groups) -> Sgd.lars(scope, groups, momentum, trust));
    state(given, optimizer, "mu.", "mu_");
  }

  /** Updates parameters with given gradients, and checks their values after each step. */
  private static Optimizer steps(
      VectorCase given, BiFunction<Scope, List<ParameterGroup>, Optimizer> create) {
    List<Parameter> parameters = new ArrayList<>();
    List<ParameterGroup> groups = new ArrayList<>();
    given
        .tensors("in.p_")
        .forEach(
            (name, value) -> {
              Parameter parameter = new Parameter(name, value, true);
              parameters.add(parameter);
              groups.add(new ParameterGroup(List.of(parameter), 1, decay(given, name)));
            });
    Map<String, Tensor> gradients = given.tensors("in.g_");
    Optimizer optimizer = create.apply(given.scope(), groups);
    double[] rates = given.doubles("in.lr");
    double[][] history = new double[parameters.size()][];
    for (int p = 0; p < history.length; p++) {
      history[p] = new double[rates.length * (int) parameters.get(p).value().size()];
    }
    for (int step = 0; step < rates.length; step++) {
      try (Scope scope = given.scope().child("step")) {
        Map<Tensor, Tensor> byValue = new IdentityHashMap<>();
        for (Parameter p : parameters) {
          Tensor all = gradients.get(p.name());
          byValue.put(p.value(), TrainingLoop.row(scope.eager(), all, step));
        }
        optimizer.step(byValue::get, rates[step], 1);
      }
      for (int p = 0; p < history.length; p++) {
        double[] now = parameters.get(p).value().toDoubles();
        System.arraycopy(now, 0, history[p], step * now.length, now.length);
      }
    }
    for (int p = 0; p < history.length; p++) {
      String name = parameters.get(p).name();
      given.checks().values("out." + name, history[p], given.dims("in.g_" + name));
    }
    return optimizer;
  }

  private static double decay(VectorCase given, String name) {
    JsonNode decay = given.setting("weight_decay");
    return decay.isNumber() ? decay.doubleValue() : decay.required(name).doubleValue();
  }

  private static void state(VectorCase given, Optimizer optimizer, String kind, String prefix) {
    optimizer
        .state()
        .forEach(
            (name, value) -> {
              if (name.startsWith(kind)) {
                given.checks().tensor("out." + prefix + name.substring(kind.length()), value);
              }
            });
  }

  static void clipGradients(VectorCase given) {
    Map<String, Tensor> gradients = given.tensors("in.g_");
    double norm = GradientNorm.of(given.scope(), List.copyOf(gradients.values()));
    double factor = GradientNorm.clipFactor(norm, given.real("max_norm"));
    given.checks().number("out.norm", norm);
    gradients.forEach(
        (name, g) ->
            given.checks().tensor("out.g_" + name, given.scope().ops().affine(g, factor, 0)));
  }

  /** Groups the parameters that the manifest lists, in its order, which is a model's. */
  static void layerDecay(VectorCase given) {
    List<Parameter> parameters = new ArrayList<>();
    JsonNode expected = given.manifest().json().path("params");
    expected.fieldNames().forEachRemaining(name -> parameters.add(namedOnly(given, name)));
    LayerDecay decay =
        new LayerDecay(
            given.integer("depth"), given.real("layer_decay"), given.real("weight_decay"));
    groups(given, decay.groups(parameters), expected);
  }

  /** Only the number of axes matters. */
  private static Parameter namedOnly(VectorCase given, String name) {
    boolean flat = name.endsWith(".bias") || name.contains("norm");
    Shape shape = flat ? Shape.of(1) : Shape.of(1, 1);
    return new Parameter(name, given.scope().ops().zeros(DType.F32, shape), true);
  }

  /** Checks the group, rate scale and decay of each parameter. */
  static void groups(VectorCase given, List<ParameterGroup> groups, JsonNode expected) {
    Set<String> seen = new HashSet<>();
    for (int number = 0; number < groups.size(); number++) {
      ParameterGroup group = groups.get(number);
      for (Parameter parameter : group.parameters()) {
        String name = parameter.name();
        JsonNode wanted = expected.path(name);
        Checks checks = given.checks();
        checks.that("params " + name, wanted.isObject(), "it is in a group, but not expected");
        checks.equal("group of " + name, number, wanted.path("group").asDouble(-1), 0);
        double scale = wanted.path("lr_scale").asDouble();
        checks.equal("lr_scale of " + name, group.rateScale(), scale, SCALE_ERROR * scale);
        double decay = wanted.path("weight_decay").asDouble();
        checks.equal("weight_decay of " + name, group.weightDecay(), decay, 0);
        seen.add(name);
      }
    }
    expected
        .fieldNames()
        .forEachRemaining(
            name -> given.checks().that("params " + name, seen.contains(name), "in no group"));
  }

  static void learningRates(VectorCase given) {
    CosineSchedule schedule =
        new CosineSchedule(
            given.real("lr"),
            given.real("min_lr"),
            given.real("warmup_epochs"),
            given.real("epochs"));
    double[] rates = Arrays.stream(given.doubles("in.epoch")).map(schedule::at).toArray();
    double scale = given.real("lr_scale_2");
    double[] scaled = Arrays.stream(rates).map(rate -> rate * scale).toArray();
    given.checks().values("out.lr", rates, rates.length);
    given.checks().values("out.lr_scaled", scaled, rates.length);
  }
}
