package io.github.maskalign.cuda.driver;

/**
 * {@code c = alpha a b + beta c} with a [m, k], b [k, n] and c [m, n], once for every matrix of the
 * batch. With beta 0, c is only written.
 */
public record Product(
    int m,
    int n,
    int k,
    int batch,
    Matrix a,
    Matrix b,
    Matrix c,
    double alpha,
    double beta,
    Compute compute) {

  /** {@code c = a b}. */
  public static Product of(int m, int n, int k, Matrix a, Matrix b, Matrix c, Compute compute) {
    return new Product(m, n, k, 1, a, b, c, 1, 0, compute);
  }

  /** This product for so many matrices, each operand's stride apart. */
  public Product batched(int newBatch) {
    return new Product(m, n, k, newBatch, a, b, c, alpha, beta, compute);
  }

  /** This product with other factors. */
  public Product scaled(double newAlpha, double newBeta) {
    return new Product(m, n, k, batch, a, b, c, newAlpha, newBeta, compute);
  }
}
