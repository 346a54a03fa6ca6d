package io.github.maskalign.vectors.cases;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vectors.cases.Manifest.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Compares the results of a case with its manifest. Results that the manifest does not mention are
 * ignored; expected results that are not computed are failures.
 */
public final class Checks {

  private final Manifest manifest;
  private final @Nullable SafeTensorsFile data;
  private final Set<String> outstanding = new LinkedHashSet<>();
  private final List<Finding> findings = new ArrayList<>();
  private final Slack slack;
  private final Map<String, Result> results = new HashMap<>();

  Checks(Manifest manifest, @Nullable SafeTensorsFile data, Slack slack) {
    this.manifest = manifest;
    this.data = data;
    this.slack = slack;
    manifest.tensors().forEach((name, spec) -> demand(name, spec.expected()));
    manifest.names("grad_none").forEach(name -> demand(noGradient(name), true));
    manifest.names("untouched").forEach(name -> demand(untouched(name), true));
  }

  private void demand(String what, boolean demanded) {
    if (demanded) {
      outstanding.add(what);
    }
  }

  private static String noGradient(String parameter) {
    return "no grad." + parameter;
  }

  private static String untouched(String parameter) {
    return "untouched " + parameter;
  }

  /** Whether the manifest expects a tensor. */
  public boolean expects(String name) {
    TensorSpec spec = manifest.tensors().get(name);
    return spec != null && spec.expected();
  }

  /** A result of any type and layout. */
  public void tensor(String name, Tensor got) {
    if (expects(name)) {
      values(name, got.toDoubles(), got.shape().dims());
    }
  }

  /**
   * The columns with the highest scores of each row, best first; see {@link Decisions}.
   *
   * @param got column numbers, row-major
   * @param scores name of the scores [rows, columns]
   * @param dims [rows, number of columns chosen]
   */
  public void ranking(String name, long[] got, String scores, int... dims) {
    if (expects(name) && expects(scores)) {
      HostTensor all = expected(scores);
      double[] wanted = expected(name).values();
      values(
          name,
          Decisions.ranking(
              got, wanted, dims[1], all.values(), all.dims()[1], i -> slack.of(scores, i)),
          dims);
    } else {
      values(name, got, dims);
    }
  }

  /**
   * A percentage of samples; see {@link Decisions}.
   *
   * @param margins of the samples, which count if theirs is positive
   */
  public void percentage(String name, double got, double[] margins) {
    String deciding = name + " margins";
    results.put(deciding, new Result(margins));
    double open = Decisions.open(margins, i -> slack.of(deciding, i));
    compare(name, new double[] {got}, 1, _ -> 100 * open / margins.length);
  }

  /** Results of one shape, along a new first axis. */
  public void stacked(String name, List<Tensor> got) {
    if (expects(name) && !got.isEmpty()) {
      double[] values =
          got.stream().map(Tensor::toDoubles).flatMapToDouble(Arrays::stream).toArray();
      int[] dims = Shape.of(got.size()).append(got.getFirst().shape().dims()).dims();
      compare(name, values, got.size(), i -> slack.of(name, i), dims);
    }
  }

  /** A result on the host, row-major. */
  public void values(String name, double[] got, int... dims) {
    compare(name, got, 1, i -> slack.of(name, i), dims);
  }

  private void compare(
      String name, double[] got, int parts, IntToDoubleFunction more, int... dims) {
    if (expects(name)) {
      PassRule rule = manifest.tensors().get(name).rule();
      if (rule == null) {
        throw new ArgumentException("the manifest gives no tolerance for " + name);
      }
      if (Shape.of(dims).size() != got.length) {
        throw new ArgumentException(name + ": values do not fill the shape");
      }
      results.put(name, new Result(got, parts, rule.excluded(dims, got.length)));
      IntToDoubleFunction own = rule.isExact() ? _ -> 0 : more;
      add(Finding.compare(name, new HostTensor(got, dims), expected(name), rule, own));
    }
  }

  /** A result on the host for which the manifest knows two values; it must be one of them. */
  public void either(String name, String other, double[] got, int... dims) {
    values(name, got, dims);
    Finding first = findings.removeLast();
    outstanding.remove(other);
    PassRule rule = manifest.tensors().get(other).rule();
    PassRule used = rule == null ? manifest.tensors().get(name).rule() : rule;
    Finding second = Finding.compare(name, new HostTensor(got, dims), expected(other), used);
    add(second.compareTo(first) < 0 ? second : first);
  }

  /** A result on the host, with a tolerance that depends on the expected value. */
  public void values(String name, double[] got, DoubleUnaryOperator tolerance) {
    HostTensor expected = expected(name);
    if (got.length != expected.values().length) {
      throw new ArgumentException(name + ": values do not fill the shape");
    }
    Finding worst = Finding.plain(name, true, "");
    for (int i = 0; i < got.length; i++) {
      double wanted = expected.values()[i];
      PassRule rule = PassRule.within(tolerance.applyAsDouble(wanted));
      Finding element = Finding.compare(name, scalar(got[i]), scalar(wanted), rule);
      worst = element.compareTo(worst) > 0 ? element : worst;
    }
    add(worst);
  }

  /** Integer results on the host, row-major. */
  public void values(String name, long[] got, int... dims) {
    values(name, Arrays.stream(got).asDoubleStream().toArray(), dims);
  }

  /** A scalar result. */
  public void number(String name, double got) {
    values(name, new double[] {got});
  }

  /** A gradient; a missing one passes where zero is expected. */
  public void gradient(String parameter, @Nullable Tensor got, Shape shape) {
    String name = "grad." + parameter;
    if (expects(name)) {
      double[] values = got == null ? new double[(int) shape.size()] : got.toDoubles();
      values(name, values, shape.dims());
    }
    if (outstanding.contains(noGradient(parameter))) {
      boolean none = got == null || Arrays.stream(got.toDoubles()).allMatch(v -> v == 0);
      add(Finding.plain(noGradient(parameter), none, "there is a gradient, none is expected"));
    }
  }

  /** A parameter after training, which must be unchanged if the manifest says so. */
  public void trained(String parameter, Tensor before, Tensor after) {
    tensor("final." + parameter, after);
    if (outstanding.contains(untouched(parameter))) {
      boolean same = Arrays.equals(before.toDoubles(), after.toDoubles());
      add(Finding.plain(untouched(parameter), same, "it has moved, though it gets no gradient"));
    }
  }

  /** A number that the configuration specifies, not a tensor. */
  public void equal(String what, double got, double expected, double tolerance) {
    add(Finding.compare(what, scalar(got), scalar(expected), PassRule.within(tolerance)));
  }

  /** A condition that must be true. */
  public void that(String what, boolean holds, String otherwise) {
    add(Finding.plain(what, holds, otherwise));
  }

  private HostTensor expected(String name) {
    if (data == null) {
      throw new ArgumentException("the manifest names no data file, yet expects tensor " + name);
    }
    HostTensor stored = HostTensor.read(data, name);
    List<Integer> said = manifest.tensors().get(name).dims();
    if (!said.equals(Arrays.stream(stored.dims()).boxed().toList())) {
      throw new ArgumentException(
          "the manifest gives %s the shape %s, the data file %s"
              .formatted(name, said, Arrays.toString(stored.dims())));
    }
    return stored;
  }

  private static HostTensor scalar(double value) {
    return new HostTensor(new double[] {value}, new int[0]);
  }

  private void add(Finding finding) {
    outstanding.remove(finding.what());
    findings.add(finding);
  }

  /** The results that were compared, by name. */
  public Map<String, Result> results() {
    return results;
  }

  /** The worst comparison; a failure if a result was not computed, or none is expected. */
  public Finding worst() {
    if (!outstanding.isEmpty()) {
      String first = outstanding.iterator().next();
      return Finding.plain(
          first, false, "not computed (%d results are missing)".formatted(outstanding.size()));
    }
    if (findings.isEmpty()) {
      return Finding.plain("case", false, "it expects nothing, so it proves nothing");
    }
    return Collections.max(findings);
  }
}
