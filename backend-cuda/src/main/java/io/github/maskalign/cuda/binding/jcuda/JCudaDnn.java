package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.binding.DnnLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.driver.CUstream;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnSoftmaxAlgorithm;
import jcuda.jcudnn.cudnnSoftmaxMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;

/** cuDNN 8 by JCuda. */
final class JCudaDnn implements DnnLibrary {

  static {
    JCudaNatives.initialize(JCudnn.class, "JCudnn");
  }

  private final MemorySegment one = constant(1);
  private final MemorySegment zero = constant(0);

  private static MemorySegment constant(float value) {
    return Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, value);
  }

  private static cudnnHandle object(Handle handle) {
    return JCudaHandle.of(cudnnHandle.class, handle);
  }

  private static cudnnTensorDescriptor shape(Handle handle) {
    return JCudaHandle.of(cudnnTensorDescriptor.class, handle);
  }

  @Override
  public int create(Handle[] handle) {
    cudnnHandle created = new cudnnHandle();
    handle[0] = new JCudaHandle<>(created);
    return JCudnn.cudnnCreate(created);
  }

  @Override
  public int destroy(Handle handle) {
    return JCudnn.cudnnDestroy(object(handle));
  }

  @Override
  public int setStream(Handle handle, Handle stream) {
    return JCudnn.cudnnSetStream(
        object(handle), new cudaStream_t(JCudaHandle.of(CUstream.class, stream)));
  }

  @Override
  public int createShape(Handle[] shape) {
    cudnnTensorDescriptor created = new cudnnTensorDescriptor();
    shape[0] = new JCudaHandle<>(created);
    return JCudnn.cudnnCreateTensorDescriptor(created);
  }

  @Override
  public int setShape(Handle shape, int rows, int columns) {
    return JCudnn.cudnnSetTensor4dDescriptor(
        shape(shape),
        cudnnTensorFormat.CUDNN_TENSOR_NCHW,
        cudnnDataType.CUDNN_DATA_FLOAT,
        rows,
        columns,
        1,
        1);
  }

  @Override
  public int destroyShape(Handle shape) {
    return JCudnn.cudnnDestroyTensorDescriptor(shape(shape));
  }

  @Override
  public int softmax(Handle handle, Handle shape, long x, long y) {
    return JCudnn.cudnnSoftmaxForward(
        object(handle),
        cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE,
        cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_INSTANCE,
        new Address(one.address()),
        shape(shape),
        new Address(x),
        new Address(zero.address()),
        shape(shape),
        new Address(y));
  }

  @Override
  public int softmaxGrad(Handle handle, Handle shape, long y, long dy, long dx) {
    return JCudnn.cudnnSoftmaxBackward(
        object(handle),
        cudnnSoftmaxAlgorithm.CUDNN_SOFTMAX_ACCURATE,
        cudnnSoftmaxMode.CUDNN_SOFTMAX_MODE_INSTANCE,
        new Address(one.address()),
        shape(shape),
        new Address(y),
        shape(shape),
        new Address(dy),
        new Address(zero.address()),
        shape(shape),
        new Address(dx));
  }

  @Override
  public String errorText(int code) {
    return JCudnn.cudnnGetErrorString(code);
  }
}
