// Barriers and warp collectives.
#pragma once

#define __syncthreads() emu_barrier(__LINE__)

namespace emu {

enum Collective { SYNC, SHUFFLE, VOTE, MMA, MATRICES };

// The values of all lanes, valid until the next collective but one.
template <class T>
struct Lanes {
  const emu_slot* slots;
  T operator[](unsigned lane) const {
    T value;
    memcpy(&value, slots[lane % EMU_LANES].bytes, sizeof value);
    return value;
  }
};

template <class T>
inline Lanes<T> exchange(Collective kind, unsigned mask, T value) {
  static_assert(sizeof(T) <= EMU_SLOT_BYTES, "larger than a slot");
  emu_thread* me = emu_me;
  emu_slot* slots = me->warp->slots[me->turn];
  me->turn ^= 1;
  memcpy(slots[me->lane].bytes, &value, sizeof value);
  emu_collective(kind, mask);
  return {slots};
}

}  // namespace emu

inline void __syncwarp(unsigned mask = ~0u) { emu_collective(emu::SYNC, mask); }

template <class T>
inline T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
  unsigned lane = emu_me->lane;
  return emu::exchange(emu::SHUFFLE, mask,
                       value)[(lane & ~unsigned(width - 1)) + unsigned(from & (width - 1))];
}
template <class T>
inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
  unsigned lane = emu_me->lane, from = lane ^ unsigned(bits);
  auto all = emu::exchange(emu::SHUFFLE, mask, value);
  return (from ^ lane) < unsigned(width) ? all[from] : value;
}
template <class T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned by, int width = 32) {
  unsigned lane = emu_me->lane;
  auto all = emu::exchange(emu::SHUFFLE, mask, value);
  return lane % unsigned(width) + by < unsigned(width) ? all[lane + by] : value;
}
template <class T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned by, int width = 32) {
  unsigned lane = emu_me->lane;
  auto all = emu::exchange(emu::SHUFFLE, mask, value);
  return lane % unsigned(width) >= by ? all[lane - by] : value;
}

inline unsigned __ballot_sync(unsigned mask, int predicate) {
  auto all = emu::exchange(emu::VOTE, mask, predicate != 0);
  unsigned votes = 0;
  for (unsigned lane = 0; lane < EMU_LANES; lane++) votes |= unsigned(all[lane]) << lane;
  return votes;
}
inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
inline int __all_sync(unsigned mask, int predicate) {
  return __ballot_sync(mask, predicate) == ~0u;
}

// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32: c [16, 8] += a [16, 16] b [16, 8]. With
// g = lane / 4 and t = lane % 4, a lane holds of a the pairs of columns 2t and 2t + 8 in rows g and
// g + 8, of b those rows of column g, of c the columns 2t and 2t + 1 of rows g and g + 8.
inline void emu_mma_m16n8k16_bf16(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2]) {
  struct Operands {
    unsigned a[4], b[2];
  };
  auto all = emu::exchange(emu::MMA, ~0u, Operands{{a[0], a[1], a[2], a[3]}, {b[0], b[1]}});
  auto half = [](unsigned pair, int upper) {
    return __uint_as_float(upper ? pair & 0xffff0000u : pair << 16);
  };
  unsigned group = emu_me->lane / 4, column = emu_me->lane % 4 * 2;
  for (int element = 0; element < 4; element++) {
    int lowerRows = element / 2;
    float sum = 0;
    for (int k = 0; k < 16; k++) {
      unsigned pair = unsigned(k % 8) / 2;
      int behind = k / 8;
      sum += half(all[group * 4 + pair].a[lowerRows + 2 * behind], k % 2) *
             half(all[(column + unsigned(element % 2)) * 4 + pair].b[behind], k % 2);
    }
    c[element] += sum;
  }
}

// ldmatrix.sync.aligned.m8n8.x4.shared.b16, with .trans or without: lane 8 i + r gives the address
// of row r of matrix i. Every lane gets of each matrix the pair in row lane / 4 and columns 2 (lane
// % 4) and next; of a transposed one, the pair in these rows and that column.
inline void emu_ldmatrix_x4(unsigned (&fragments)[4], const unsigned short* row, bool transposed) {
  auto rows = emu::exchange(emu::MATRICES, ~0u, row);
  unsigned group = emu_me->lane / 4, pair = emu_me->lane % 4 * 2;
  for (unsigned i = 0; i < 4; i++) {
    unsigned low = transposed ? rows[8 * i + pair][group] : rows[8 * i + group][pair];
    unsigned high = transposed ? rows[8 * i + pair + 1][group] : rows[8 * i + group][pair + 1];
    fragments[i] = high << 16 | low;
  }
}
