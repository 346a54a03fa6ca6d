import org.jspecify.annotations.NullMarked;

/** The backend for NVIDIA GPUs, a provider for the service loader; exports nothing. */
@NullMarked
module io.github.maskalign.cuda {
  requires io.github.maskalign.tensor;
  requires jcublas;
  requires jcuda;
  requires jcudnn;
  requires static org.jspecify;

  provides io.github.maskalign.tensor.BackendProvider with
      io.github.maskalign.cuda.CudaProvider;
}
