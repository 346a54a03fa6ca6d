// AdamW (Loshchilov and Hutter, 2019) over all parameters:
//   p *= 1 - lr decay;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
// REAL is float or double.
#include "real.cuh"
#include "table.cuh"

// As class AdamWKernel packs it. keep is 1 - lr decay, rate -lr / (1 - b1^t), correction
// 1 / sqrt(1 - b2^t).
struct Slot {
  real* parameter;
  const real* gradient;
  real* mean;
  real* square;
  long long size, firstBlock;
  double keep, rate, correction;
};

extern "C" __global__ void __launch_bounds__(THREADS)
    adamW(const Slot* table, int slots, real gradientScale, real beta1, real rest1, real beta2,
          real rest2, real eps) {
  const Slot slot = entryOfBlock(table, slots);
  real keep = real(slot.keep), rate = real(slot.rate), correction = real(slot.correction);
  FOR_EACH_OF_BLOCK(i, slot) {
    real g = gradientScale * slot.gradient[i];
    real mean = beta1 * slot.mean[i] + rest1 * g;
    real square = beta2 * slot.square[i] + rest2 * g * g;
    slot.mean[i] = mean;
    slot.square[i] = square;
    slot.parameter[i] =
        keep * slot.parameter[i] + rate * mean / (root(square) * correction + eps);
  }
}
