package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The steps of loading weights, planned from names and shapes before any parameter changes. */
record LoadPlan(List<LoadStep> steps, LoadReport report) {

  private static final String POSITIONS = "pos_embed";

  /**
   * Matches the tensors of a source with parameters.
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
    List<String> absent = new ArrayList<>();
    List<String> different = new ArrayList<>();
    for (Parameter parameter : parameters.all()) {
      String name = parameter.name();
      if (!name.startsWith(options.prefix())) {
        continue;
      }
      String local = name.substring(options.prefix().length());
      List<TensorPart> pieces = options.names().sources(local, names);
      pieces.forEach(piece -> used.add(piece.name()));
      if (!pieces.stream().allMatch(piece -> names.contains(piece.name()))) {
        missing.add(name);
        if (!options.isOptional(name)) {
          pieces.stream()
              .map(TensorPart::name)
              .filter(piece -> !names.contains(piece))
              .distinct()
              .map(source::nameInFile)
              .forEach(absent::add);
        }
        continue;
      }
      Shape wanted = parameter.value().shape();
      Shape found = NamedShapes.joined(source, pieces);
      LoadStep.Regrid regrid =
          local.endsWith(POSITIONS) && found != null ? regrid(found, wanted, options) : null;
      boolean same = found != null && same(found, wanted);
      if (same && (regrid == null || regrid.from().equals(regrid.to()))) {
        matched.add(name);
        steps.add(new LoadStep(parameter, pieces, null));
      } else if (regrid != null) {
        reshaped.add(name);
        steps.add(new LoadStep(parameter, pieces, regrid));
      } else {
        String shapes = ": file " + shapes(source, pieces) + ", model " + wanted;
        mismatched.add(name + shapes);
        if (!options.isOptional(name)) {
          different.add(keys(source, pieces) + shapes);
        }
      }
    }
    List<String> unexpected =
        names.stream()
            .filter(name -> !used.contains(name) && !options.names().ignores(name))
            .filter(name -> source.shape(name).size() > 0)
            .toList();
    List<String> unused =
        unexpected.stream()
            .filter(name -> !options.isIgnored(name))
            .map(source::nameInFile)
            .toList();
    if (!absent.isEmpty() || !different.isEmpty() || !unused.isEmpty()) {
      LoadReport problems = new LoadReport(matched, reshaped, absent, different, unused);
      throw new FormatException(describe(source, problems));
    }
    return new LoadPlan(steps, new LoadReport(matched, reshaped, missing, mismatched, unexpected));
  }

  /** By the names in the file, where whoever has it can look for them. */
  private static String describe(WeightSource source, LoadReport problems) {
    String cause =
        problems.missing().isEmpty()
            ? "the file is not of the network that its configuration describes"
            : "the file or one of its shards is incomplete, or not of the network that its"
                + " configuration describes";
    return "%s does not fit the model: %s; %s (in Java, LoadOptions allow intended differences)"
        .formatted(source.description(), problems, cause);
  }

  private static String keys(WeightSource source, List<TensorPart> pieces) {
    return pieces.stream()
        .map(piece -> source.nameInFile(piece.name()))
        .distinct()
        .collect(Collectors.joining(" + "));
  }

  private static String shapes(WeightSource source, List<TensorPart> pieces) {
    List<String> shapes =
        pieces.stream().map(piece -> source.shape(piece.name()).toString()).toList();
    return String.join(" + ", shapes);
  }

  /**
   * Whether shapes are equal except for leading axes of size 1, such as {@code [D]} and {@code [1,
   * 1, D]}.
   */
  private static boolean same(Shape a, Shape b) {
    Shape longer = a.rank() > b.rank() ? a : b;
    Shape shorter = longer == a ? b : a;
    int added = longer.rank() - shorter.rank();
    int[] ones = new int[added];
    Arrays.fill(ones, 1);
    return longer.equals(Shape.of(ones).append(shorter.dims()));
  }

  /** How positions get from one grid to another; null if they cannot. */
  private static LoadStep.@Nullable Regrid regrid(Shape found, Shape wanted, LoadOptions options) {
    if (found.rank() < 2
        || found.dim(-1) != wanted.dim(-1)
        || found.size() != (long) found.dim(-2) * found.dim(-1)) {
      return null;
    }
    int prefix = options.prefixTokens();
    int rows = found.dim(-2) - prefix;
    Grid said = options.tableGrid();
    Grid from = said != null && said.patches() == rows ? said : Grid.ofSquare(rows);
    int patches = wanted.dim(-2) - prefix;
    Grid own = options.grid();
    Grid to = own != null && own.patches() == patches ? own : Grid.ofSquare(patches);
    return from == null || to == null
        ? null
        : new LoadStep.Regrid(prefix, from, to, options.resampling());
  }

  /** Runs all steps. */
  void run(WeightSource source, Scope scope) {
    steps.forEach(step -> step.run(source, scope));
  }
}
