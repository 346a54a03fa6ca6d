// Adds into memory of parameters. REAL is float or double.
#include "real.cuh"
#include "strided.cuh"

// target += factor * value
extern "C" __global__ void __launch_bounds__(THREADS)
    accumulate(Axes<2> axes, const real* value, real* target, int n, real factor) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    locate(axes, i, at);
    target[at[1]] += factor * value[at[0]];
  }
}
