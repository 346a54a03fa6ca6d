package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LazyStorage;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads one parameter: its parts are concatenated, and resampled if they are positions of another
 * grid.
 *
 * @param pieces the parts in the file
 * @param regrid of positions; null for none
 */
record LoadStep(Parameter parameter, List<TensorPart> pieces, @Nullable Regrid regrid) {

  /**
   * Positions of another grid.
   *
   * @param prefix number of rows that are not resampled
   * @param from grid of the file
   * @param to grid of the network
   * @param by the kind of interpolation
   */
  record Regrid(int prefix, Grid from, Grid to, Resampling by) {}

  private static final long ALIGNMENT = 64;

  /** Loads the parameter, or, if it is lazy, registers where to fetch it from on first use. */
  void run(WeightSource source, Scope scope) {
    Tensor target = parameter.value();
    if (target.storage() instanceof LazyStorage lazy && regrid == null) {
      lazy.from(arena -> fetch(source, scope, arena));
      return;
    }
    try (Scope inner = scope.child("load " + parameter.name())) {
      Tensor value = joined(inner.eager(), source);
      if (regrid != null) {
        value =
            PositionTable.resize(
                inner.eager(), value, regrid.prefix, regrid.from, regrid.to, regrid.by);
      }
      scope.backend().copy(inner.ops().reshape(value, target.shape().dims()), target);
    }
  }

  /** The file's own bytes if their type and alignment fit, else a copy. */
  private MemorySegment fetch(WeightSource source, Scope scope, Arena arena) {
    DType wanted = parameter.value().dtype();
    if (pieces.size() == 1
        && pieces.getFirst() instanceof TensorPart.Whole whole
        && source.dtype(whole.name()).dtype().equals(Optional.of(wanted))) {
      Optional<MemorySegment> view = source.view(whole.name());
      if (view.isPresent() && view.get().address() % wanted.bytes() == 0) {
        return view.get();
      }
    }
    MemorySegment copy = arena.allocate(parameter.value().storage().bytes(), ALIGNMENT);
    try (Scope inner = scope.child("load " + parameter.name())) {
      Eager ops = inner.eager();
      scope.backend().download(ops.contiguous(joined(ops, source)), copy);
    }
    return copy;
  }

  private Tensor joined(Eager ops, WeightSource source) {
    DType wanted = parameter.value().dtype();
    List<Tensor> parts = pieces.stream().map(piece -> read(ops, source, piece, wanted)).toList();
    return parts.size() == 1 ? parts.getFirst() : ops.concat(parts, 0);
  }

  private static Tensor read(Eager ops, WeightSource source, TensorPart piece, DType wanted) {
    Tensor part =
        switch (piece) {
          case TensorPart.Whole whole -> source.read(ops, whole.name());
          case TensorPart.Transposed turned -> ops.transpose(source.read(ops, turned.name()));
          case TensorPart.ColorPatches patches -> {
            Tensor all = source.read(ops, patches.name());
            int side = TensorPart.ColorPatches.side(all.shape());
            Tensor split = ops.reshape(all, all.dim(0), side, side, -1);
            yield ops.contiguous(ops.permute(split, 0, 3, 1, 2));
          }
          case TensorPart.Rows rows -> {
            int each = source.shape(rows.name()).dim(0) / rows.of();
            Tensor all = source.read(ops, rows.name());
            yield ops.slice(all, 0, rows.from() * each, rows.to() * each);
          }
          case TensorPart.Zeros zeros ->
              ops.zeros(wanted, Shape.of(source.shape(zeros.name()).dim(0) / zeros.of()));
        };
    return part.dtype() == wanted ? part : ops.cast(part, wanted);
  }
}
