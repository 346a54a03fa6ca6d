package io.github.maskalign.cuda.binding;

/** The functions of cuDNN 8 for the softmax of F32 matrices, each with its status code. */
public interface DnnLibrary {

  int create(Handle[] handle);

  int destroy(Handle handle);

  int setStream(Handle handle, Handle stream);

  int createShape(Handle[] shape);

  int setShape(Handle shape, int rows, int columns);

  int destroyShape(Handle shape);

  /** {@code y = softmax(x)} over columns. */
  int softmax(Handle handle, Handle shape, long x, long y);

  /** The gradient dx from the result y and its gradient dy. */
  int softmaxGrad(Handle handle, Handle shape, long y, long dy, long dx);

  /** What a code means. */
  String errorText(int code);
}
