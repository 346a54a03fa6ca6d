package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.DnnLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.util.function.Supplier;

/** Softmax of F32 matrices by cuDNN on one stream. */
public final class Cudnn implements AutoCloseable {

  private final Stream stream;
  private final DnnLibrary library;
  private final Handle handle;
  private final Handle shape;

  /** Creates a handle; the library must be loaded. */
  public Cudnn(Stream stream) {
    this.stream = stream;
    this.library = stream.device().binding().dnn();
    stream.device().makeCurrent();
    Handle[] created = new Handle[1];
    check(library.create(created), () -> "cudnnCreate");
    handle = created[0];
    check(library.setStream(handle, stream.handle()), () -> "cudnnSetStream");
    check(library.createShape(created), () -> "cudnnCreateTensorDescriptor");
    shape = created[0];
  }

  private void check(int code, Supplier<String> operation) {
    Status.check(code, library::errorText, operation);
  }

  /** {@code y = softmax(x)} over columns, both [rows, columns] and contiguous. */
  public synchronized void softmax(int rows, int columns, long x, long y) {
    stream.enqueue("cudnnSoftmaxForward");
    setShape(rows, columns);
    check(
        library.softmax(handle, shape, x, y),
        () -> "cudnnSoftmaxForward of [" + rows + ", " + columns + "]");
  }

  /** Computes dx from the result y and its gradient dy, all [rows, columns] and contiguous. */
  public synchronized void softmaxGrad(int rows, int columns, long y, long dy, long dx) {
    stream.enqueue("cudnnSoftmaxBackward");
    setShape(rows, columns);
    check(
        library.softmaxGrad(handle, shape, y, dy, dx),
        () -> "cudnnSoftmaxBackward of [" + rows + ", " + columns + "]");
  }

  private void setShape(int rows, int columns) {
    check(
        library.setShape(shape, rows, columns),
        () -> "cudnnSetTensor4dDescriptor of [" + rows + ", " + columns + "]");
  }

  @Override
  public void close() {
    stream.device().makeCurrent();
    check(library.destroyShape(shape), () -> "cudnnDestroyTensorDescriptor");
    check(library.destroy(handle), () -> "cudnnDestroy");
  }
}
