// Adds to the memory of parameters, in place. REAL is float or double.
#include "real.cuh"
#include "strided.cuh"

// target += factor * value
extern "C" __global__ void __launch_bounds__(THREADS)
    accumulate(StridedLoop<2> loop, const real* value, real* target, int n, real factor) {
  FOR_EACH_ELEMENT(i, n) {
    long long at[2];
    offsetsOf(loop, i, at);
    target[at[1]] += factor * value[at[0]];
  }
}
