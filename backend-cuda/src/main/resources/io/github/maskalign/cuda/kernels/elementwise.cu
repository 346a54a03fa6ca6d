// Functions of each element. REAL is float or double; NaN passes through all of them. There is one
// kernel per operation, named after it, so that loading an operation that is not listed here fails.
#include "real.cuh"
#include "strided.cuh"

// out = expression of x
#define UNARY(op, expression)                                                       \
  extern "C" __global__ void __launch_bounds__(THREADS)                             \
      unary_##op(StridedLoop<2> loop, const real* in, real* out, int n) {           \
    FOR_EACH_ELEMENT(i, n) {                                                        \
      long long at[2];                                                              \
      offsetsOf(loop, i, at);                                                       \
      real x = in[at[0]];                                                           \
      out[at[1]] = expression;                                                      \
    }                                                                               \
  }

// The operations of UnaryOp.
UNARY(NEG, -x)
UNARY(ABS, x < 0 ? -x : x + 0)
UNARY(SIGN, x > 0 ? 1 : x < 0 ? -1 : x)
UNARY(SQUARE, x * x)
UNARY(SQRT, math::sqrt(x))
UNARY(RECIPROCAL, 1 / x)
UNARY(EXP, math::exp(x))
UNARY(LOG, math::log(x))
UNARY(TANH, math::tanh(x))
UNARY(SIGMOID, 1 / (1 + math::exp(-x)))
UNARY(ERF, math::erf(x))
UNARY(RELU, x < 0 ? 0 : x)

// out = expression of a and b
#define BINARY(op, expression)                                                      \
  extern "C" __global__ void __launch_bounds__(THREADS)                             \
      binary_##op(StridedLoop<3> loop, const real* left, const real* right,         \
                  real* out, int n) {                                               \
    FOR_EACH_ELEMENT(i, n) {                                                        \
      long long at[3];                                                              \
      offsetsOf(loop, i, at);                                                       \
      real a = left[at[0]], b = right[at[1]];                                       \
      out[at[2]] = expression;                                                      \
    }                                                                               \
  }

// The operations of BinaryOp.
BINARY(ADD, a + b)
BINARY(SUB, a - b)
BINARY(MUL, a * b)
BINARY(DIV, a / b)
BINARY(MAX, a > b || a != a ? a : b)
BINARY(MIN, a < b || a != a ? a : b)
BINARY(GREATER_EQUAL, a >= b ? 1 : 0)
BINARY(EQUAL, a == b ? 1 : 0)

// out = scale x + shift
extern "C" __global__ void __launch_bounds__(THREADS)
    affine(StridedLoop<2> loop, const real* x, real* out, int n, real scale, real shift) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    offsetsOf(loop, i, at);
    out[at[1]] = scale * x[at[0]] + shift;
  }
}
