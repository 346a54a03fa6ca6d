package io.github.maskalign.cuda.binding;

/**
 * The parameters of {@code c = alpha a b + beta c} with a [m, k], b [k, n] and c [m, n], for each
 * matrix of a batch. With beta 0, c is not read.
 */
public record Gemm(
    int m,
    int n,
    int k,
    int batch,
    Matrix a,
    Matrix b,
    Matrix c,
    double alpha,
    double beta,
    ComputeType compute) {

  /** {@code c = a b}. */
  public static Gemm of(int m, int n, int k, Matrix a, Matrix b, Matrix c, ComputeType compute) {
    return new Gemm(m, n, k, 1, a, b, c, 1, 0, compute);
  }

  /** This product for a batch. */
  public Gemm batched(int newBatch) {
    return new Gemm(m, n, k, newBatch, a, b, c, alpha, beta, compute);
  }

  /** This product with other alpha and beta. */
  public Gemm scaled(double newAlpha, double newBeta) {
    return new Gemm(m, n, k, batch, a, b, c, newAlpha, newBeta, compute);
  }
}
