// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, 2011), as in class Philox: block b of a stream
// encrypts the counter (b, stream) under the seed and yields words 4 b to 4 b + 3.
#include "device.cuh"

#define THREADS 256
#define WORDS 4
#define ROUNDS 10
#define MULTIPLIER_0 0xD2511F53u
#define MULTIPLIER_1 0xCD9E8D57u
#define WEYL_0 0x9E3779B9u
#define WEYL_1 0xBB67AE85u

__device__ __forceinline__ void philox(unsigned (&c)[WORDS], unsigned long long seed) {
  unsigned k0 = unsigned(seed), k1 = unsigned(seed >> 32);
#pragma unroll
  for (int round = 0; round < ROUNDS; round++) {
    unsigned high0 = __umulhi(MULTIPLIER_0, c[0]), low0 = MULTIPLIER_0 * c[0];
    unsigned high1 = __umulhi(MULTIPLIER_1, c[2]), low1 = MULTIPLIER_1 * c[2];
    c[0] = high1 ^ c[1] ^ k0;
    c[1] = low1;
    c[2] = high0 ^ c[3] ^ k1;
    c[3] = low0;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
}

// out[i] = the upper 24 bits of word i, times 2^-24; each thread draws one block of words
extern "C" __global__ void __launch_bounds__(THREADS)
    uniform(float* out, long long n, unsigned long long seed, unsigned long long stream) {
  unsigned long long block = (unsigned long long)blockIdx.x * THREADS + threadIdx.x;
  long long first = (long long)block * WORDS;
  if (first >= n) return;
  unsigned words[WORDS] = {unsigned(block), unsigned(block >> 32), unsigned(stream),
                           unsigned(stream >> 32)};
  philox(words, seed);
#pragma unroll
  for (int word = 0; word < WORDS; word++)
    if (first + word < n) out[first + word] = float(words[word] >> 8) * (1.0f / (1 << 24));
}
