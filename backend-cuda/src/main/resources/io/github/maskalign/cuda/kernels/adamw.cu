// AdamW (Loshchilov and Hutter, 2019) over all parameters:
//   p *= 1 - lr decay;  m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
//   p -= lr / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + eps)
// REAL is float or double.
#include "real.cuh"
#include "table.cuh"

// Packed by class AdamWKernel. decay is 1 - lr decay, rate -lr / (1 - b1^t), correction
// 1 / sqrt(1 - b2^t).
struct Slot {
  real* parameter;
  const real* gradient;
  real* mean;
  real* square;
  long long size, firstBlock;
  double decay, rate, correction;
};

extern "C" __global__ void __launch_bounds__(THREADS)
    adamW(const Slot* table, int slots, real gradientScale, real beta1, real oneMinusBeta1,
          real beta2, real oneMinusBeta2, real eps) {
  const Slot slot = findEntry(table, slots);
  real decay = real(slot.decay), rate = real(slot.rate), correction = real(slot.correction);
  FOR_EACH_ELEMENT_OF(slot, i) {
    real g = gradientScale * slot.gradient[i];
    real mean = beta1 * slot.mean[i] + oneMinusBeta1 * g;
    real square = beta2 * slot.square[i] + oneMinusBeta2 * g * g;
    slot.mean[i] = mean;
    slot.square[i] = square;
    slot.parameter[i] =
        decay * slot.parameter[i] + rate * mean / (math::sqrt(square) * correction + eps);
  }
}
