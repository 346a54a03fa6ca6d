package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.PositionEmbeddings;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a load will do, worked out from names and shapes before any parameter is changed. */
record LoadPlan(List<LoadStep> steps, LoadReport report) {

  private static final String POSITIONS = "pos_embed";

  /**
   * Compares a source with parameters.
   *
   * @throws FormatException if they differ more than the options allow
   */
  static LoadPlan of(WeightSource source, Parameters parameters, LoadOptions options) {
    Set<String> names = source.names();
    Set<String> used = new HashSet<>();
    List<LoadStep> steps = new ArrayList<>();
    List<String> matched = new ArrayList<>();
    List<String> reshaped = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<String> mismatched = new ArrayList<>();
    Set<String> faults = new HashSet<>();
    for (Parameter parameter : parameters.all()) {
      String name = parameter.name();
      if (!name.startsWith(options.prefix())) {
        continue;
      }
      String local = name.substring(options.prefix().length());
      List<Piece> pieces = options.names().sources(local, names);
      pieces.forEach(piece -> used.add(piece.name()));
      if (!pieces.stream().allMatch(piece -> names.contains(piece.name()))) {
        missing.add(name);
        if (!options.isOptional(name)) {
          faults.add(name);
        }
        continue;
      }
      Shape wanted = parameter.value().shape();
      Shape found = joined(source, pieces);
      boolean positions = local.endsWith(POSITIONS);
      if (found != null && same(found, wanted)) {
        matched.add(name);
        steps.add(new LoadStep(parameter, pieces, false));
      } else if (positions && found != null && resizable(found, wanted, options.prefixTokens())) {
        reshaped.add(name);
        steps.add(new LoadStep(parameter, pieces, true));
      } else {
        String shapes = name + ": file " + shapes(source, pieces) + ", model " + wanted;
        mismatched.add(shapes);
        if (!options.isOptional(name)) {
          faults.add(shapes);
        }
      }
    }
    List<String> unexpected =
        names.stream()
            .filter(name -> !used.contains(name) && !options.names().ignores(name))
            .toList();
    unexpected.stream().filter(name -> !options.isIgnored(name)).forEach(faults::add);
    LoadReport report = new LoadReport(matched, reshaped, missing, mismatched, unexpected);
    if (!faults.isEmpty()) {
      throw new FormatException(complaint(source, report, faults));
    }
    return new LoadPlan(steps, report);
  }

  private static String complaint(WeightSource source, LoadReport report, Set<String> faults) {
    Predicate<String> faulty = faults::contains;
    LoadReport problems =
        new LoadReport(
            report.matched(),
            report.reshaped(),
            report.missing().stream().filter(faulty).toList(),
            report.mismatched().stream().filter(faulty).toList(),
            report.unexpected().stream().filter(faulty).toList());
    return "%s does not fit the model: %s; choose other names, or allow what is meant to differ"
            .formatted(source.description(), problems)
        + " with LoadOptions.optional or ignoring";
  }

  private static @Nullable Shape joined(WeightSource source, List<Piece> pieces) {
    Shape first = pieces.getFirst().of(source.shape(pieces.getFirst().name()));
    if (first == null || pieces.size() == 1) {
      return first;
    }
    int rows = 0;
    for (Piece piece : pieces) {
      Shape shape = piece.of(source.shape(piece.name()));
      if (shape == null || shape.rank() == 0 || !shape.with(0, 0).equals(first.with(0, 0))) {
        return null;
      }
      rows = Math.addExact(rows, shape.dim(0));
    }
    return first.with(0, rows);
  }

  private static String shapes(WeightSource source, List<Piece> pieces) {
    List<String> shapes =
        pieces.stream().map(piece -> source.shape(piece.name()).toString()).toList();
    return String.join(" + ", shapes);
  }

  /** Whether shapes agree but for leading axes of size 1, as {@code [D]} and {@code [1, 1, D]}. */
  private static boolean same(Shape a, Shape b) {
    Shape longer = a.rank() > b.rank() ? a : b;
    Shape shorter = longer == a ? b : a;
    int added = longer.rank() - shorter.rank();
    int[] ones = new int[added];
    Arrays.fill(ones, 1);
    return longer.equals(Shape.of(ones).append(shorter.dims()));
  }

  private static boolean resizable(Shape found, Shape wanted, int prefixTokens) {
    return found.rank() >= 2
        && found.dim(-1) == wanted.dim(-1)
        && found.size() == (long) found.dim(-2) * found.dim(-1)
        && PositionEmbeddings.squareRoot(found.dim(-2) - prefixTokens) > 0
        && PositionEmbeddings.squareRoot(wanted.dim(-2) - prefixTokens) > 0;
  }

  /** Loads every step. */
  void run(WeightSource source, Scope scope, int prefixTokens) {
    steps.forEach(step -> step.run(source, scope, prefixTokens));
  }
}
