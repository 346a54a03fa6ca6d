package io.github.maskalign.cuda;

import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A pass over all elements of several views of one shape, in row-major order: as few axes as the
 * strides allow, for kernels that take the {@code Axes} of {@code strided.cuh}.
 *
 * @param dims sizes of the axes, at least one
 * @param sides the views
 */
record Walk(long[] dims, List<Side> sides) {

  /** Of {@code strided.cuh}. */
  private static final int MOST_AXES = 6;

  /** Kernels count elements in 32 bits. */
  private static final long MOST_ELEMENTS = 1L << 31;

  /** What a walk knows of one view. */
  record Side(long address, int bytes, long[] strides) {}

  /** A walk over views of one shape. */
  static Walk of(DeviceView... views) {
    int rank = views[0].rank();
    long[] dims = new long[rank];
    long[][] strides = new long[views.length][rank];
    int axes = 0;
    for (int axis = 0; axis < rank; axis++) {
      int dim = views[0].dim(axis);
      if (dim == 1) {
        continue;
      }
      boolean joins = axes > 0;
      for (int side = 0; side < views.length; side++) {
        strides[side][axes] = views[side].stride(axis);
        joins = joins && strides[side][axes - 1] == strides[side][axes] * dim;
      }
      if (joins) {
        axes--;
        for (int side = 0; side < views.length; side++) {
          strides[side][axes] = strides[side][axes + 1];
        }
        dims[axes] *= dim;
      } else {
        dims[axes] = dim;
      }
      axes++;
    }
    if (axes > MOST_AXES) {
      throw new ShapeException(
          "cuda: shape %s is laid out along %d axes, kernels walk %d; copy it with contiguous first"
              .formatted(Arrays.toString(views[0].dims()), axes, MOST_AXES));
    }
    List<Side> sides = new ArrayList<>();
    for (int side = 0; side < views.length; side++) {
      long[] kept = Arrays.copyOf(strides[side], Math.max(1, axes));
      sides.add(new Side(views[side].address(), views[side].dtype().bytes(), kept));
    }
    return new Walk(axes == 0 ? new long[] {1} : Arrays.copyOf(dims, axes), sides);
  }

  /** Number of elements of each view. */
  long size() {
    long size = 1;
    for (long dim : dims) {
      size *= dim;
    }
    return size;
  }

  int rank() {
    return dims.length;
  }

  long address(int side) {
    return sides.get(side).address();
  }

  /** Stride of one view along an axis; negative axes count from the end. */
  long stride(int side, int axis) {
    long[] strides = sides.get(side).strides();
    return strides[axis < 0 ? strides.length + axis : axis];
  }

  /** Whether every view lies in one piece, without gaps. */
  boolean isDense() {
    return rank() == 1 && (dims[0] == 1 || sides.stream().allMatch(s -> s.strides()[0] == 1));
  }

  /** This walk in as many parts as give each a number of elements that kernels can count. */
  List<Walk> parts() {
    if (size() <= MOST_ELEMENTS) {
      return List.of(this);
    }
    int axis = 0;
    while (dims[axis] == 1) {
      axis++;
    }
    long half = dims[axis] / 2;
    List<Walk> parts = new ArrayList<>(part(axis, 0, half).parts());
    parts.addAll(part(axis, half, dims[axis]).parts());
    return parts;
  }

  private Walk part(int axis, long from, long to) {
    long[] cut = dims.clone();
    cut[axis] = to - from;
    return new Walk(
        cut,
        sides.stream()
            .map(
                side ->
                    new Side(
                        side.address() + from * side.strides()[axis] * side.bytes(),
                        side.bytes(),
                        side.strides()))
            .toList());
  }

  /** The same walk without two of its axes. */
  Walk without(int first, int second) {
    int[] kept =
        java.util.stream.IntStream.range(0, rank())
            .filter(axis -> axis != first && axis != second)
            .toArray();
    return new Walk(
        select(dims, kept, 1),
        sides.stream()
            .map(side -> new Side(side.address(), side.bytes(), select(side.strides(), kept, 0)))
            .toList());
  }

  private static long[] select(long[] values, int[] at, long none) {
    return at.length == 0
        ? new long[] {none}
        : Arrays.stream(at).mapToLong(i -> values[i]).toArray();
  }

  /** The structure {@code Axes} for a kernel. */
  MemorySegment axes() {
    long[] packed = new long[1 + MOST_AXES * (1 + sides.size())];
    packed[0] = rank();
    System.arraycopy(dims, 0, packed, 1, rank());
    int at = 1 + MOST_AXES;
    for (Side side : sides) {
      System.arraycopy(side.strides(), 0, packed, at, rank());
      at += MOST_AXES;
    }
    return MemorySegment.ofArray(packed);
  }
}
