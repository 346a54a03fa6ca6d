package io.github.maskalign.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/** Softmax of F32 matrices by cuDNN on one stream. */
public final class Cudnn implements AutoCloseable {

  static {
    JCudaNatives.initialize(JCudnn.class, "JCudnn");
  }

  private final Stream stream;
  private final cudnnHandle handle = new cudnnHandle();
  private final cudnnTensorDescriptor shape = new cudnnTensorDescriptor();
  private final Arena arena = Arena.ofShared();
  private final Pointer one = constant(1);
  private final Pointer zero = constant(0);

  /** Creates a handle; the library must be loaded. */
  public Cudnn(Stream stream) {
    this.stream = stream;
    stream.device().makeCurrent();
    Status.dnn(JCudnn.cudnnCreate(handle), () -> "cudnnCreate");
    Status.dnn(JCudnn.cudnnSetStream(handle, stream.runtimeHandle()), () -> "cudnnSetStream");
    Status.dnn(JCudnn.cudnnCreateTensorDescriptor(shape), () -> "cudnnCreateTensorDescriptor");
  }

  /** {@code y = softmax(x)} over columns, both [rows, columns] and contiguous. */
  public synchronized void softmax(int rows, int columns, long x, long y) {
    stream.enqueue("cudnnSoftmaxForward");
    setShape(rows, columns);
    Status.dnn(
        JCudnn.cudnnSoftmaxForward(
            handle,
            cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE,
            cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_INSTANCE,
            one,
            shape,
            new Address(x),
            zero,
            shape,
            new Address(y)),
        () -> "cudnnSoftmaxForward of [" + rows + ", " + columns + "]");
  }

  /** Computes dx from the result y and its gradient dy, all [rows, columns] and contiguous. */
  public synchronized void softmaxGrad(int rows, int columns, long y, long dy, long dx) {
    stream.enqueue("cudnnSoftmaxBackward");
    setShape(rows, columns);
    Status.dnn(
        JCudnn.cudnnSoftmaxBackward(
            handle,
            cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE,
            cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_INSTANCE,
            one,
            shape,
            new Address(y),
            shape,
            new Address(dy),
            zero,
            shape,
            new Address(dx)),
        () -> "cudnnSoftmaxBackward of [" + rows + ", " + columns + "]");
  }

  private void setShape(int rows, int columns) {
    Status.dnn(
        JCudnn.cudnnSetTensor4dDescriptor(
            shape,
            cudnnTensorFormat.CUDNN_TENSOR_NCHW,
            cudnnDataType.CUDNN_DATA_FLOAT,
            rows,
            columns,
            1,
            1),
        () -> "cudnnSetTensor4dDescriptor of [" + rows + ", " + columns + "]");
  }

  private Pointer constant(float value) {
    MemorySegment segment = arena.allocate(ValueLayout.JAVA_FLOAT);
    segment.set(ValueLayout.JAVA_FLOAT, 0, value);
    return Pointer.to(segment.asByteBuffer());
  }

  @Override
  public void close() {
    stream.device().makeCurrent();
    Status.dnn(JCudnn.cudnnDestroyTensorDescriptor(shape), () -> "cudnnDestroyTensorDescriptor");
    Status.dnn(JCudnn.cudnnDestroy(handle), () -> "cudnnDestroy");
    arena.close();
  }
}
