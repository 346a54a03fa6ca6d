// Functions of each element. REAL is float or double; NaN passes through all of them.
#include "real.cuh"
#include "strided.cuh"

// In the order of UnaryOp and BinaryOp.
enum Unary { NEG, ABS, SIGN, SQUARE, SQRT, RECIPROCAL, EXP, LOG, TANH, SIGMOID, ERF, RELU };
enum Binary { ADD, SUB, MUL, DIV, MAX, MIN, GREATER_EQUAL, EQUAL };

__device__ __forceinline__ real apply(int op, real x) {
  switch (op) {
    case NEG: return -x;
    case ABS: return x < 0 ? -x : x + 0;
    case SIGN: return x > 0 ? 1 : x < 0 ? -1 : x;
    case SQUARE: return x * x;
    case SQRT: return root(x);
    case RECIPROCAL: return 1 / x;
    case EXP: return exponential(x);
    case LOG: return logarithm(x);
    case TANH: return tangent(x);
    case SIGMOID: return 1 / (1 + exponential(-x));
    case ERF: return errorFunction(x);
    default: return x < 0 ? 0 : x;
  }
}

__device__ __forceinline__ real apply(int op, real a, real b) {
  switch (op) {
    case ADD: return a + b;
    case SUB: return a - b;
    case MUL: return a * b;
    case DIV: return a / b;
    case MAX: return a > b || a != a ? a : b;
    case MIN: return a < b || a != a ? a : b;
    case GREATER_EQUAL: return a >= b ? 1 : 0;
    default: return a == b ? 1 : 0;
  }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    unary(Axes<2> axes, const real* x, real* out, int n, int op) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    locate(axes, i, at);
    out[at[1]] = apply(op, x[at[0]]);
  }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    affine(Axes<2> axes, const real* x, real* out, int n, real scale, real shift) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    locate(axes, i, at);
    out[at[1]] = scale * x[at[0]] + shift;
  }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    binary(Axes<3> axes, const real* a, const real* b, real* out, int n, int op) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[3];
    locate(axes, i, at);
    out[at[2]] = apply(op, a[at[0]], b[at[1]]);
  }
}
