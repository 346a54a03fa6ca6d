package io.github.maskalign.cuda.runtime;

import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A loop over all elements of several views of one shape, in row-major order. Adjacent axes are
 * merged where the strides allow, for kernels that take the {@code StridedLoop} of {@code
 * strided.cuh}.
 *
 * @param dims sizes of the axes, at least one
 * @param views the views, as strided memory
 */
public record StridedLoop(long[] dims, List<View> views) {

  /** As in {@code strided.cuh}. */
  private static final int MAX_AXES = 6;

  /** Kernels count elements in 32 bits. */
  private static final long MAX_ELEMENTS = 1L << 31;

  /**
   * One view.
   *
   * @param bytes of an element
   */
  public record View(long address, int bytes, long[] strides) {}

  /** A loop over views of one shape. */
  public static StridedLoop of(DeviceView... views) {
    int rank = views[0].rank();
    long[] dims = new long[rank];
    long[][] strides = new long[views.length][rank];
    int axes = 0;
    for (int axis = 0; axis < rank; axis++) {
      int dim = views[0].dim(axis);
      if (dim == 1) {
        continue;
      }
      boolean merges = axes > 0;
      for (int view = 0; view < views.length; view++) {
        strides[view][axes] = views[view].stride(axis);
        merges = merges && strides[view][axes - 1] == strides[view][axes] * dim;
      }
      if (merges) {
        axes--;
        for (int view = 0; view < views.length; view++) {
          strides[view][axes] = strides[view][axes + 1];
        }
        dims[axes] *= dim;
      } else {
        dims[axes] = dim;
      }
      axes++;
    }
    if (axes > MAX_AXES) {
      throw new ShapeException(
          "cuda: the layout of shape %s needs %d axes, kernels support %d; call contiguous first"
              .formatted(Arrays.toString(views[0].dims()), axes, MAX_AXES));
    }
    List<View> merged = new ArrayList<>();
    for (int view = 0; view < views.length; view++) {
      long[] kept = Arrays.copyOf(strides[view], Math.max(1, axes));
      merged.add(new View(views[view].address(), views[view].dtype().bytes(), kept));
    }
    return new StridedLoop(axes == 0 ? new long[] {1} : Arrays.copyOf(dims, axes), merged);
  }

  /** Number of elements of each view. */
  public long size() {
    long size = 1;
    for (long dim : dims) {
      size *= dim;
    }
    return size;
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Address of a view's first element. */
  public long address(int view) {
    return views.get(view).address();
  }

  /** Stride of one view along an axis; negative axes count from the end. */
  public long stride(int view, int axis) {
    long[] strides = views.get(view).strides();
    return strides[axis < 0 ? strides.length + axis : axis];
  }

  /** Whether every view is contiguous. */
  public boolean isContiguous() {
    return rank() == 1 && (dims[0] == 1 || views.stream().allMatch(v -> v.strides()[0] == 1));
  }

  /** This loop in parts, each with few enough elements for one launch. */
  public List<StridedLoop> split() {
    if (size() <= MAX_ELEMENTS) {
      return List.of(this);
    }
    int axis = 0;
    while (dims[axis] == 1) {
      axis++;
    }
    long half = dims[axis] / 2;
    List<StridedLoop> parts = new ArrayList<>(part(axis, 0, half).split());
    parts.addAll(part(axis, half, dims[axis]).split());
    return parts;
  }

  private StridedLoop part(int axis, long from, long to) {
    long[] cut = dims.clone();
    cut[axis] = to - from;
    return new StridedLoop(
        cut,
        views.stream()
            .map(
                view ->
                    new View(
                        view.address() + from * view.strides()[axis] * view.bytes(),
                        view.bytes(),
                        view.strides()))
            .toList());
  }

  /** The same loop without two of its axes. */
  public StridedLoop without(int first, int second) {
    int[] kept =
        IntStream.range(0, rank()).filter(axis -> axis != first && axis != second).toArray();
    return new StridedLoop(
        select(dims, kept, 1),
        views.stream()
            .map(view -> new View(view.address(), view.bytes(), select(view.strides(), kept, 0)))
            .toList());
  }

  private static long[] select(long[] values, int[] at, long none) {
    return at.length == 0
        ? new long[] {none}
        : Arrays.stream(at).mapToLong(i -> values[i]).toArray();
  }

  /** The structure {@code StridedLoop} of {@code strided.cuh}. */
  public MemorySegment packed() {
    long[] packed = new long[1 + MAX_AXES * (1 + views.size())];
    packed[0] = rank();
    System.arraycopy(dims, 0, packed, 1, rank());
    int at = 1 + MAX_AXES;
    for (View view : views) {
      System.arraycopy(view.strides(), 0, packed, at, rank());
      at += MAX_AXES;
    }
    return MemorySegment.ofArray(packed);
  }
}
